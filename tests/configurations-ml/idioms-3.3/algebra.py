from typing import Any

from functoria import Device, Type, foreign, job, match_impl, package
from mirage_devices import *


def named(name: str) -> str:
    """What the targets are called."""
    return {"unix": "posix", "macosx": "posix", "xen": "pv", "qubes": "qubes"}.get(name, "bare")


def packages(name: str) -> tuple[Any, ...]:
    """The packages of a target so called."""
    return (package(f"player-{name}"),)


called = target.value.map(named)


class Player(Device[Any]):
    """Sound."""

    type = Type("sound")
    module = "Player"
    name = "player"
    packages = called.map(packages)

    def connect(self, info, module, values):
        return f'{module}.connect "{named(info.get(target))}"'


device = match_impl(
    called, {"posix": block_of_file("disk.img"), "pv": block_of_file("xvdb")}, default=ramdisk("bare")
)
app = register("algebra", [foreign("Unikernel.Main", Type("sound") >> block >> job) @ Player() @ device])
