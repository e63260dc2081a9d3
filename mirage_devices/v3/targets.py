"""The key `target`, and values that depend on it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

from functoria import Key, Package, Value
from mirage_devices.target_table import TargetName, Targets, target_key
from mirage_devices.v3.backends import BACKENDS, Backend, Target
from mirage_devices.v3.sections import MIRAGE, REGISTER

TARGETS: tuple[str, ...] = BACKENDS.own
"""The names of MirageOS 3.3's own targets."""


def add_target(backend: Backend) -> Backend:
    """Add `backend`, a target of your own, to those that configurations can be planned for, and return it.

    Call it where the configuration is imported. Raises InvalidName for a name that files cannot have, and InvalidValue if
    another target has the name.
    """
    return BACKENDS.add(backend)


class _TargetName(TargetName):
    """The name of a target. `ukvm`, the name of `hvt` before MirageOS 3.3, is accepted with a warning."""

    @property
    def targets(self) -> Targets[Backend]:
        return BACKENDS

    def parse(self, text: str) -> str:
        if text == "ukvm":
            warnings.warn("the target ukvm is now called hvt: configure with -t hvt", FutureWarning, stacklevel=2)
            return "hvt"
        return super().parse(text)

    def literal(self, value: str) -> str:
        return BACKENDS[value].variant


target: Key[str] = target_key(
    _TargetName(f"one of {', '.join(TARGETS)}", "target"),
    MIRAGE,
    REGISTER,
)
"""The target that the unikernel runs on."""


def target_named(name: str) -> Target:
    """Return the target of this name. Raises InvalidValue if there is none."""
    return BACKENDS[name]


def _family(name: str) -> str:
    return target_named(name).family


def _is_qubes(name: str) -> bool:
    return target_named(name).qubes


chosen: Value[Target] = target.value.map(target_named)
"""The target that was chosen."""
family: Value[str] = target.value.map(_family)
"""The family that the target belongs to: `unix`, `xen` or `solo5`."""
is_unix: Value[bool] = family.eq("unix")
"""Whether the target is unix or macosx."""
is_xen: Value[bool] = family.eq("xen")
"""Whether the target is xen or qubes."""
is_qubes: Value[bool] = target.value.map(_is_qubes)
"""Whether the target is qubes."""
is_solo5: Value[bool] = family.eq("solo5")
"""Whether the target is virtio, hvt, muen or genode."""


def by_family(
    *, unix: Sequence[Package] = (), xen: Sequence[Package] = (), solo5: Sequence[Package] = ()
) -> Value[Sequence[Package]]:
    """Return the packages of a device that depend on the target's family."""
    cases: Mapping[str, Sequence[Package]] = {"unix": unix, "xen": xen, "solo5": solo5}
    return family.match(cases, default=())
