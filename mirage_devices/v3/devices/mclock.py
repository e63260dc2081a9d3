"""Monotonic clocks: time since the start."""

from __future__ import annotations

from collections.abc import Sequence

from functoria import Impl, Info, Type
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.pclock import CLOCK_PACKAGES


class Mclock:
    """Label of `mclock` for type checkers."""


mclock: Type[Mclock] = Type("mclock")
"""A clock that never goes back."""


class MonotonicClock(Device[Mclock]):
    """The target's monotonic clock."""

    type = mclock
    module = "Mclock"
    name = "mclock"
    packages = CLOCK_PACKAGES

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ()"


default_monotonic_clock: Impl[Mclock] = MonotonicClock()
"""The target's monotonic clock."""
