"""The targets of MirageOS 4.11, the key `target`, and values that depend on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attr import frozen

from functoria import Key, Package, Value
from functoria.record import Record
from mirage_devices.target_table import TargetName, Targets, target_key
from mirage_devices.v4.packages import package

Family = Literal["unix", "solo5", "xen", "unikraft"]
MIRAGE = "MIRAGE PARAMETERS"
"""The section of the help page with the keys that every unikernel has."""
REGISTER = "mirage_devices.v4.register"
"""The function that makes the applications that keys and devices of MirageOS 4.11 are for."""

_SOLO5 = (
    package("ocaml-solo5", min="0.8.2", max="2.0.0", build=True, scope="switch"),
    package("solo5", min="0.7.5", max="0.13.0", build=True, scope="switch"),
)
_UNIKRAFT = (
    package("ocaml-unikraft", compatible="1.0.0", build=True, scope="switch"),
    package("mirage-unikraft", compatible="1.0.0"),
)


@frozen(eq=False, repr=False)
class Target(Record):
    """A target of unikernels. Devices and emitters ask for its properties, never for its name."""

    name: str
    family: Family
    packages: tuple[Package, ...]
    """The packages that every unikernel for it needs."""
    suffix: str = ""
    """The end of the image's name."""
    abi: str = ""
    """The interface of Solo5, or the backend of Unikraft, that the image is linked for."""
    started_by: tuple[Literal["xl", "libvirt"], ...] = ()
    """The tools that start it from files of their own."""
    block_devices: bool = True
    """Whether there are block devices over files."""
    qubes: bool = False
    """Whether the guest is one of Qubes, which gives it its address."""

    @property
    def context(self) -> str:
        """The dune context that builds the unikernel."""
        return {"unix": "default", "xen": "solo5"}.get(self.family, self.family)

    @property
    def manifest(self) -> bool:
        """Whether the unikernel contains a manifest from which Solo5 reads its devices."""
        return self.family in ("solo5", "xen")

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


def _solo5(name: str, **more: Any) -> Target:
    packages = (*_SOLO5, package("mirage-solo5", compatible="0.10.0"))
    return Target(name, "solo5", packages, suffix=f".{name}", abi=name, **more)


def _xen(name: str, **more: Any) -> Target:
    packages = (*_SOLO5, package("mirage-xen", compatible="9.0.0"))
    return Target(name, "xen", packages, suffix=".xen", abi="xen", **more)


def _unikraft(backend: str, suffix: str) -> Target:
    bridge = package(f"ocaml-unikraft-backend-{backend}", build=True, scope="switch")
    return Target(f"unikraft-{backend}", "unikraft", (*_UNIKRAFT, bridge), suffix=suffix, abi=backend)


BY_NAME: Targets[Target] = Targets(
    Target,
    [
        _unix("unix"),
        _unix("macosx"),
        _xen("xen", started_by=("xl", "libvirt")),
        _xen("qubes", qubes=True),
        _solo5("virtio", started_by=("libvirt",)),
        _solo5("hvt"),
        _solo5("spt"),
        _solo5("muen", block_devices=False),
        _solo5("genode"),
        _unikraft("firecracker", ".fc"),
        _unikraft("qemu", ".qemu"),
    ],
    "mirage_devices.v4.targets",
)
"""The targets by name."""
TARGETS: tuple[str, ...] = BY_NAME.own
"""The names of MirageOS 4.11's own targets."""


def add_target(target: Target) -> Target:
    """Add `target`, one of your own, to those that configurations can be planned for, and return it.

    Call it where the configuration is imported. Raises InvalidName for a name that files cannot have, and InvalidValue where
    another target has the name.
    """
    return BY_NAME.add(target)


class _TargetName(TargetName):
    """The name of a target of MirageOS 4.11."""

    @property
    def targets(self) -> Targets[Target]:
        return BY_NAME


target: Key[str] = target_key(_TargetName(f"one of {', '.join(TARGETS)}", "target"), MIRAGE, REGISTER)
"""The target that the unikernel runs on."""


def _family(name: str) -> str:
    return BY_NAME[name].family


def _is_qubes(name: str) -> bool:
    return BY_NAME[name].qubes


def target_named(name: str) -> Target:
    """Return the target of this name. Raises InvalidValue if there is none."""
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
is_qubes: Value[bool] = target.value.map(_is_qubes)
"""Whether the target is qubes."""
is_unikraft: Value[bool] = family.eq("unikraft")
"""Whether the target is unikraft-firecracker or unikraft-qemu."""


def by_family(
    *,
    unix: Sequence[Package] = (),
    solo5: Sequence[Package] = (),
    xen: Sequence[Package] = (),
    unikraft: Sequence[Package] = (),
) -> Value[Sequence[Package]]:
    """Return the packages of a device that depend on the target's family."""
    cases: Mapping[str, Sequence[Package]] = {"unix": unix, "solo5": solo5, "xen": xen, "unikraft": unikraft}
    return family.match(cases, default=())
