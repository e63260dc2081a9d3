"""Network interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVarTuple

from attr import frozen

from functoria import Impl, Info, Package, Type, match_impl
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.arguments import text_of
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.qubesdb import QUBES
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.targets import Target, chosen, family, is_solo5

Ts = TypeVarTuple("Ts")


class Network:
    """Label of `network` for type checkers."""


network: Type[Network] = Type("network")
"""A network interface, which sends and receives frames."""

_PACKAGES: Mapping[str, tuple[Package, ...]] = {
    "macosx": (package("mirage-net-macosx", compatible="1.8.0"),),
    "unix": (package("mirage-net-unix", compatible="3.0.0"),),
    "xen": (package("mirage-net-xen", compatible="2.1.0"),),
    "unikraft": (package("mirage-net-unikraft", compatible="1.0.0"),),
}
"""The implementations by target, or by family for targets without one of their own. Solo5 has a device of its own."""


def _packages(target: Target) -> tuple[Package, ...]:
    own = _PACKAGES.get(target.name) or _PACKAGES.get(target.family, ())
    return (*own, QUBES) if target.qubes else own


class Interface(Device[*Ts]):
    """A device over a network interface provided by a hypervisor, with its name as field or attribute `dev`."""

    dev: str


@frozen
class Netif(Interface[Network]):
    """The interface named by a runtime argument; Xen's configurations use `dev`."""

    interface: RuntimeArg
    dev: str

    type = network
    module = "Netif"
    name = "netif"
    own_packages = chosen.map(_packages)

    @property
    def runtime_args(self) -> tuple[RuntimeArg]:
        """The runtime argument for its name."""
        return (self.interface,)

    def claims(self, info: Info) -> Iterable[str]:
        """Claim the default interface."""
        return (f"network interface {self.dev}",)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (name,) = self.expect(values, 1)
        return f"{module}.connect {name}"


@frozen
class Solo5Netif(Interface[Network]):
    """An interface of a Solo5 guest, with a name in its manifest."""

    dev: str

    type = network
    module = "Netif"
    name = "netif"
    own_packages = (package("mirage-net-solo5", compatible="0.8.0"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect {self.ocaml_string(self.dev)}"


def netif(dev: str, *, group: str | None = None) -> Impl[Network]:
    """The interface named by the runtime argument `--[GROUP-]interface`, by default `dev`; on Solo5 always `dev`.

    Raises InvalidValue if `dev` is not text.
    """
    text_of(dev, "dev of netif")
    return match_impl(is_solo5, {True: Solo5Netif(dev)}, default=Netif(runtime_args.interface(dev, group=group), dev))


default_network: Impl[Network] = match_impl(
    family, {"unix": netif("tap0"), "solo5": netif("service")}, default=netif("0")
)
"""The first interface: tap0 on unix and macosx, service on Solo5, 0 elsewhere."""
