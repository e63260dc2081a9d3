"""The targets of MirageOS 4.11, the key `target`, and what depends on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from attrs import frozen

from functoria import Key, Package, Value
from functoria.converter import Converter
from mirage_devices.v4.packages import package

T = TypeVar("T")
Family = Literal["unix", "solo5", "xen", "unikraft"]
MIRAGE = "MIRAGE PARAMETERS"
"""The section of the help page with the keys that every unikernel has."""
REGISTER = "mirage_devices.v4.register"
"""What makes the applications that keys and devices of MirageOS 4.11 are for."""

_SOLO5 = (
    package("ocaml-solo5", min="0.8.2", max="2.0.0", build=True, scope="switch"),
    package("solo5", min="0.7.5", max="0.13.0", build=True, scope="switch"),
)
_UNIKRAFT = (
    package("ocaml-unikraft", compatible="1.0.0", build=True, scope="switch"),
    package("mirage-unikraft", compatible="1.0.0"),
)


@frozen
class Target:
    """What a unikernel runs on."""

    name: str
    family: Family
    packages: tuple[Package, ...]
    """What every unikernel for it needs."""
    suffix: str = ""
    """The end of the image's name."""
    abi: str = ""
    """The interface of Solo5, or the backend of Unikraft, that the image is linked for."""

    @property
    def context(self) -> str:
        """The context of dune that builds the unikernel."""
        return {"unix": "default", "xen": "solo5"}.get(self.family, self.family)

    @property
    def os_module(self) -> str:
        """The OCaml module that runs the unikernel."""
        return f"{self.family.capitalize()}_os"

    @property
    def implementation(self) -> str:
        """The sublibrary of sleep and of the clocks that implements them."""
        return "solo5" if self.family == "xen" else self.family


def _unix(name: str) -> Target:
    return Target(name, "unix", (package("mirage-unix", compatible="5.0.0"),))


def _solo5(name: str) -> Target:
    return Target(name, "solo5", (*_SOLO5, package("mirage-solo5", compatible="0.10.0")), f".{name}", name)


def _xen(name: str) -> Target:
    return Target(name, "xen", (*_SOLO5, package("mirage-xen", compatible="9.0.0")), ".xen", "xen")


def _unikraft(backend: str, suffix: str) -> Target:
    bridge = package(f"ocaml-unikraft-backend-{backend}", build=True, scope="switch")
    return Target(f"unikraft-{backend}", "unikraft", (*_UNIKRAFT, bridge), suffix, backend)


BY_NAME: Mapping[str, Target] = {
    target.name: target
    for target in (
        _unix("unix"),
        _unix("macosx"),
        _xen("xen"),
        _xen("qubes"),
        *map(_solo5, ("virtio", "hvt", "spt", "muen", "genode")),
        _unikraft("firecracker", ".fc"),
        _unikraft("qemu", ".qemu"),
    )
}
"""The targets by name, in the order in which messages list them."""
TARGETS: tuple[str, ...] = tuple(BY_NAME)
"""The names of the targets."""


@frozen
class _TargetName(Converter[str]):
    """The name of a target."""

    @property
    def alternatives(self) -> tuple[str, ...]:
        return TARGETS

    def parse(self, text: str) -> str:
        if text not in BY_NAME:
            raise ValueError
        return text

    def print(self, value: str) -> str:
        return value


def _default() -> str:
    return "macosx" if sys.platform == "darwin" and os.environ.get("MIRAGE_DEFAULT_TARGET") != "unix" else "unix"


target: Key[str] = Key.opt(
    "target",
    _TargetName(f"one of {', '.join(TARGETS)}", "target"),
    default=_default(),
    doc=f"What the unikernel runs on: one of {', '.join(TARGETS)}.",
    docs=MIRAGE,
    docv="TARGET",
    env="MODE",
    flags=["t", "target"],
    stage="configure",
    registered_by=REGISTER,
)
"""What the unikernel runs on."""


def _family(name: str) -> str:
    return BY_NAME[name].family


def target_named(name: str) -> Target:
    """The target `name`."""
    return BY_NAME[name]


chosen: Value[Target] = target.value.map(target_named)
"""The target that was chosen."""
family: Value[str] = target.value.map(_family)
"""The family that the target belongs to: `unix`, `solo5`, `xen` or `unikraft`."""
is_unix: Value[bool] = family.eq("unix")
"""Whether the target is unix or macosx."""
is_solo5: Value[bool] = family.eq("solo5")
"""Whether the target is hvt, spt, virtio, muen or genode."""
is_xen: Value[bool] = family.eq("xen")
"""Whether the target is xen or qubes."""
is_unikraft: Value[bool] = family.eq("unikraft")
"""Whether the target is unikraft-firecracker or unikraft-qemu."""


def by_family(
    *,
    unix: Sequence[Package] = (),
    solo5: Sequence[Package] = (),
    xen: Sequence[Package] = (),
    unikraft: Sequence[Package] = (),
) -> Value[Sequence[Package]]:
    """The packages of a device whose family has others of its own."""
    cases: Mapping[str, Sequence[Package]] = {"unix": unix, "solo5": solo5, "xen": xen, "unikraft": unikraft}
    return family.match(cases, default=())
