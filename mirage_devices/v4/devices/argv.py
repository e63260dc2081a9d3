"""The arguments with which a unikernel is booted."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Argv, Impl, Info, Package, argv
from mirage_devices.v4.device import Device
from mirage_devices.v4.packages import package
from mirage_devices.v4.targets import family


def _packages(name: str) -> tuple[Package, ...]:
    """Return mirage-bootvar, with the implementation of a family; Unikraft shares that of Unix."""
    implementation = name if name in ("xen", "solo5") else "unix"
    return (package("mirage-bootvar", compatible="1.0.0", sublibs=["", implementation]),)


@frozen
class Bootvar(Device[Argv]):
    """The boot arguments, from mirage-bootvar."""

    type = argv
    module = "Mirage_bootvar"
    name = "argv"
    own_packages = family.map(_packages)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"return ({module}.argv ())"


@frozen
class NoArgv(Device[Argv]):
    """No arguments but an empty name."""

    type = argv
    module = "Mirage_runtime"
    name = "argv"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return 'return [| "" |]'


default_argv: Impl[Argv] = Bootvar()
"""The arguments of the target."""
no_argv: Impl[Argv] = NoArgv()
"""No arguments: every runtime argument has its default."""
