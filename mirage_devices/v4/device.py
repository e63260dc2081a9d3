"""What a device of MirageOS 4 has beside what every device has: runtime arguments, local libraries, installed files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVarTuple

from attrs import frozen

import functoria
from functoria import Package, Value, lift
from functoria.graph.hooks import call, called, wrong
from mirage_devices.v4.targets import REGISTER

if TYPE_CHECKING:
    from functoria import Info

Ts = TypeVarTuple("Ts")


@frozen
class Install:
    """Files that building puts into `dist/` for opam to install, beside the unikernel.

    `bin` maps built programs, with their extension, to the names that they are installed under; `etc` are other files.
    """

    bin: tuple[tuple[str, str], ...] = ()
    etc: tuple[str, ...] = ()


class Device(functoria.Device[*Ts]):
    """A module of a unikernel. Say, beside what `functoria.Device` takes:

    - `own_packages`: what it needs itself, in place of `packages`: a sequence, or a `Value` of one;
    - `runtime_args`: the runtime arguments whose values `connect` gets, after those of arguments and dependencies;
    - `local_libs`: dune libraries of the unikernel's own that it is linked with, which no opam package has.
    """

    __slots__ = ()

    registered_by = REGISTER
    own_packages: Any = ()
    runtime_args: Any = ()
    local_libs: Any = ()

    @property
    def packages(self) -> Sequence[Package] | Value[Sequence[Package]]:
        """What it needs, and what its runtime arguments need."""
        more = tuple(package for each in self.runtime_args for package in each.packages)
        own = self.own_packages
        if isinstance(own, Value):
            return lift(_chain, own, Value.pure(more)) if more else own
        return (*own, *more)

    def install(self, info: Info) -> Install:
        """What is installed beside the unikernel."""
        return Install()

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """The tuple of its values, in the order of arguments, dependencies and runtime arguments."""
        return f"return ({', '.join(self.expect(values))})"

    def expect(self, values: Sequence[str], count: int | None = None) -> Sequence[str]:
        """`values` itself, if there are `count` of them; else DeviceError. Without `count`, one for all that it is given."""
        if count is None:
            parameters = sum(not parameter.parameters for parameter in self.type.parameters)
            count = parameters + len(self.deps) + len(self.runtime_args)
        return super().expect(values, count)


class Connecting(Device[*Ts]):
    """A device whose `connect` is its module's function of that name, applied to all that it is given."""

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """connect, with the values."""
        return " ".join([f"{module}.connect", *self.expect(values)])


def _chain(one: Sequence[Package], two: Sequence[Package]) -> tuple[Package, ...]:
    return (*one, *two)


def installed(nodes: Sequence[Any], info: Info) -> Mapping[str, Install]:
    """What each device installs that installs something, by the device's module."""
    found = {}
    for node in nodes:
        if not hasattr(node.device, "install"):
            continue
        made = call(node.device, "install", info)
        if not isinstance(made, Install):
            raise wrong(node.device, f"install of {called(node.device)} returned {made!r}, but must return an Install")
        if made != Install():
            found[node.module] = made
    return found
