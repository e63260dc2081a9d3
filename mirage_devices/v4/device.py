"""Devices of MirageOS 4, which add runtime arguments, local libraries and installed files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVarTuple

from attr import frozen

import functoria
from functoria import Package, Value, lift
from functoria.device import has_value
from functoria.graph.hooks import call, called, wrong
from functoria.printable import worded
from functoria.record import Record
from mirage_devices.v4.targets import REGISTER

if TYPE_CHECKING:
    from functoria import Info
    from functoria.device import AnyDevice

Ts = TypeVarTuple("Ts")


@frozen(eq=False, repr=False)
class Install(Record):
    """Files that the build puts into `dist/` beside the unikernel, for opam to install.

    `bin` maps built programs, with their extension, to the names under which they are installed. `etc` are other files, which
    are installed under the last part of their paths. Two of one name are refused, and so are folders in names and paths that
    leave the project.
    """

    bin: tuple[tuple[str, str], ...] = ()
    etc: tuple[str, ...] = ()


class Device(functoria.Device[*Ts]):
    """A module of a unikernel of MirageOS 4. In addition to the attributes of `functoria.Device`, define:

    - `own_packages`, instead of `packages`: the packages it needs itself, a sequence or a `Value` of one;
    - `runtime_args`: runtime arguments, whose values `connect` gets after those of arguments and dependencies;
    - `local_libs`: local dune libraries to link.
    """

    __slots__ = ()

    registered_by = REGISTER
    own_packages: Any = ()
    runtime_args: Any = ()
    local_libs: Any = ()

    @property
    def packages(self) -> Sequence[Package] | Value[Sequence[Package]]:
        """The device's own packages, and those of its runtime arguments."""
        more = tuple(package for each in self.runtime_args for package in each.packages)
        own = self.own_packages
        if isinstance(own, Value):
            return lift(_chain, own, Value.pure(more)) if more else own
        return (*own, *more)

    @property
    def libraries(self) -> Sequence[str]:
        """The device's local dune libraries."""
        return tuple(self.local_libs)

    def install(self, info: Info) -> Install:
        """Return the files to install beside the unikernel."""
        return Install()

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return the tuple of its values: of arguments, dependencies and runtime arguments."""
        return f"return ({', '.join(self.expect(values))})"

    def expect(self, values: Sequence[str], count: int | None = None) -> Sequence[str]:
        """Return `values` if there are `count` of them, by default one for everything passed. Raises DeviceError if not."""
        if count is None:
            parameters = sum(not parameter.parameters for parameter in self.type.parameters)
            count = parameters + sum(map(has_value, self.deps)) + len(self.runtime_args)
        return super().expect(values, count)


class Connecting(Device[*Ts]):
    """A device whose `connect` applies its module's `connect` to all values."""

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return a call of the module's connect with the values."""
        return " ".join([f"{module}.connect", *self.expect(values)])


def _chain(one: Sequence[Package], two: Sequence[Package]) -> tuple[Package, ...]:
    return (*one, *two)


def installed(nodes: Sequence[Any], info: Info) -> Sequence[tuple[AnyDevice, Install]]:
    """Return the devices that install something, each with its files."""
    found = []
    for node in nodes:
        if not hasattr(node.device, "install"):
            continue
        made = call(node.device, "install", info)
        if not isinstance(made, Install):
            raise wrong(
                node.device, f"install of {called(node.device)} returned {worded(made)}, but must return an Install"
            )
        if made != Install():
            found.append((node.device, made))
    return found
