from typing import Any

from attrs import frozen

from functoria import Type
from mirage_devices.v4 import Device, job, main, package, register

a, b = Type("a"), Type("b")


@frozen
class Base(Device[Any]):
    """What is below."""

    own_packages: tuple = ()

    type = a
    module = "Base"
    name = "base"


class Over(Device[Any]):
    """What is above."""

    type = a >> b
    module = "Over.Make"
    name = "over_make"

    def connect(self, info, module, values):
        return " ".join([f"{module}.start", *values])


plain, other = Over() @ Base(), Over() @ Base((package("base", scope="monorepo"),))
one, two = main("Unikernel.One", b >> job), main("Unikernel.Two", b >> b >> job)
app = register("layers", [one @ plain, two @ plain @ other])
