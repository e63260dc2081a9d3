from typing import Any

from functoria import Device, Type, foreign, job, package
from mirage_devices import register

cell, shelf = Type("cell"), Type("shelf")


class Plain(Device[Any]):
    """A cell."""

    type = cell
    module = "Cells.Plain"
    name = "plain"
    packages = (package("cells", sublibs=["unix"]),)

    def connect(self, info, module, values):
        return "return ()"


class Box(Device[Any]):
    """A shelf of a cell."""

    type = cell >> shelf
    module = "Cells.Box"
    name = "plain_box"
    packages = (package("cells", sublibs=["unix"]),)

    def connect(self, info, module, values):
        return " ".join([f"{module}.connect", *values])


main = foreign("Unikernel.Main", cell >> shelf >> job)
app = register("objects", [main @ Plain() @ (Box() @ Plain())])
