"""Network interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVarTuple

from attrs import frozen

from functoria import Impl, Info, Type, match_impl
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.arguments import text_of
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.qubesdb import QUBES
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.targets import is_solo5, target

Ts = TypeVarTuple("Ts")


class Network:
    """Label of `network` for type checkers."""


network: Type[Network] = Type("network")
"""A network interface, which sends and receives frames."""

_XEN = package("mirage-net-xen", compatible="2.1.0")
_UNIKRAFT = package("mirage-net-unikraft", compatible="1.0.0")


class Interface(Device[*Ts]):
    """A device that a hypervisor gives a network interface for. Say as field or attribute what it is called: `dev`."""

    dev: str


@frozen
class Netif(Interface[Network]):
    """The interface that a runtime argument names; configurations of Xen say `dev`."""

    interface: RuntimeArg
    dev: str

    type = network
    module = "Netif"
    name = "netif"
    own_packages = target.value.match(
        {
            "unix": (package("mirage-net-unix", compatible="3.0.0"),),
            "macosx": (package("mirage-net-macosx", compatible="1.8.0"),),
            "xen": (_XEN,),
            "qubes": (_XEN, QUBES),
            "unikraft-firecracker": (_UNIKRAFT,),
            "unikraft-qemu": (_UNIKRAFT,),
        },
        default=(),
    )

    @property
    def runtime_args(self) -> tuple[RuntimeArg]:
        """The one that names it."""
        return (self.interface,)

    def claims(self, info: Info) -> Iterable[str]:
        """The interface that it is unless another is named when it boots."""
        return (f"network interface {self.dev}",)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """connect, with the name."""
        (name,) = self.expect(values, 1)
        return f"{module}.connect {name}"


@frozen
class Solo5Netif(Interface[Network]):
    """An interface of a Solo5 guest, which is in its manifest under a name of its own."""

    dev: str

    type = network
    module = "Netif"
    name = "netif"
    own_packages = (package("mirage-net-solo5", compatible="0.8.0"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """connect, with the name."""
        self.expect(values, 0)
        return f"{module}.connect {self.ocaml_string(self.dev)}"


def netif(dev: str, *, group: str | None = None) -> Impl[Network]:
    """The interface that the runtime argument `--[GROUP-]interface` names, `dev` by default; on Solo5 it is always `dev`.

    Raises InvalidValue for a `dev` that is not text.
    """
    text_of(dev, "dev of netif")
    return match_impl(is_solo5, {True: Solo5Netif(dev)}, default=Netif(runtime_args.interface(dev, group=group), dev))


default_network: Impl[Network] = match_impl(
    target.value,
    {
        "unix": netif("tap0"),
        "macosx": netif("tap0"),
        **{name: netif("service") for name in ("hvt", "spt", "virtio", "muen", "genode")},
    },
    default=netif("0"),
)
"""The first interface: tap0 on unix and macosx, service on Solo5, 0 elsewhere."""
