"""The key `target`, and what depends on it."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import TypeVar

from attrs import frozen

from functoria import Key, Package, Value
from functoria.converter import Converter
from mirage_devices.v3.backends import BACKENDS
from mirage_devices.v3.sections import MIRAGE, REGISTER

T = TypeVar("T")

TARGETS: tuple[str, ...] = tuple(BACKENDS)
"""The names of the targets."""


@frozen
class _Target(Converter[str]):
    """One of the targets; `ukvm`, as `hvt` was called before MirageOS 3.3, with a warning."""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Each target, and its variant in OCaml."""
        return tuple((name, backend.variant) for name, backend in BACKENDS.items())

    @property
    def alternatives(self) -> tuple[str, ...]:
        return TARGETS

    def parse(self, text: str) -> str:
        if text == "ukvm":
            warnings.warn("the target ukvm is now called hvt: configure with -t hvt", FutureWarning, stacklevel=2)
            return "hvt"
        if text not in BACKENDS:
            raise ValueError
        return text

    def print(self, value: str) -> str:
        return value

    def literal(self, value: str) -> str:
        return BACKENDS[value].variant


target: Key[str] = Key.opt(
    "target",
    _Target(f"one of {', '.join(TARGETS)}", "target"),
    default="macosx" if sys.platform == "darwin" else "unix",
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
    return BACKENDS[name].family


family: Value[str] = target.value.map(_family)
"""The family that the target belongs to: `unix`, `xen` or `solo5`."""
is_unix: Value[bool] = family.eq("unix")
"""Whether the target is unix or macosx."""
is_xen: Value[bool] = family.eq("xen")
"""Whether the target is xen or qubes."""
is_solo5: Value[bool] = family.eq("solo5")
"""Whether the target is virtio, hvt, muen or genode."""


def by_family(
    *, unix: Sequence[Package] = (), xen: Sequence[Package] = (), solo5: Sequence[Package] = ()
) -> Value[Sequence[Package]]:
    """The packages of a device whose family has others of its own."""
    cases: Mapping[str, Sequence[Package]] = {"unix": unix, "xen": xen, "solo5": solo5}
    return family.match(cases, default=())
