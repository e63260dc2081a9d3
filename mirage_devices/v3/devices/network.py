"""Network interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attr import frozen

from functoria import Impl, Info, Key, Package, Type, if_impl, package
from mirage_devices.v3 import keys
from mirage_devices.v3.backends import Target
from mirage_devices.v3.devices.qubesdb import QUBES
from mirage_devices.v3.hardware import Interface
from mirage_devices.v3.targets import chosen, is_unix


class Network:
    """Label of `network` for type checkers."""


network: Type[Network] = Type("network")
"""A network interface, which sends and receives frames."""

_PACKAGES = {
    "macosx": package("mirage-net-macosx", min="1.4.0", max="2.0.0"),
    "unix": package("mirage-net-unix", min="2.3.0", max="3.0.0"),
    "xen": package("mirage-net-xen", min="1.7.0", max="2.0.0"),
    "solo5": package("mirage-net-solo5", min="0.4.0", max="0.5.0"),
}
"""The implementations by target, or by family for targets without one of their own."""


def _packages(target: Target) -> tuple[Package, ...]:
    own = _PACKAGES.get(target.name) or _PACKAGES[target.family]
    return (own, QUBES) if target.qubes else (own,)


@frozen
class Netif(Interface[Network]):
    """The network interface named by a key."""

    interface: Key[str]

    type = network
    module = "Netif"
    packages = chosen.map(_packages)

    @property
    def keys(self) -> tuple[Key[str]]:
        return (self.interface,)

    def claims(self, info: Info) -> Iterable[str]:
        return (f"network interface {info.get(self.interface)}",)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect {self.interface.call}"


def netif(dev: str, group: str | None = None) -> Impl[Network]:
    """The interface named by the key [GROUP-]interface, by default `dev`: such as `tap0` on Unix, a number elsewhere."""
    return Netif(keys.interface(dev, group))


default_network: Impl[Network] = if_impl(is_unix, netif("tap0"), netif("0"))
"""The first interface: tap0 on Unix, 0 elsewhere."""
