"""POSIX clocks: the time of day."""

from __future__ import annotations

from collections.abc import Sequence

from functoria import Impl, Info, Type, package
from mirage_devices.v3.device import Device
from mirage_devices.v3.targets import is_unix


class Pclock:
    """Label of `pclock` for type checkers."""


pclock: Type[Pclock] = Type("pclock")
"""A clock that tells the time of day."""

CLOCK_PACKAGES = is_unix.if_(
    (package("mirage-clock-unix", min="1.2.0", max="2.0.0"),),
    (package("mirage-clock-freestanding", min="1.2.0", max="2.0.0"),),
)
"""The package of both clocks."""


class PosixClock(Device[Pclock]):
    """The target's clock of the time of day."""

    type = pclock
    module = "Pclock"
    name = "pclock"
    packages = CLOCK_PACKAGES

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ()"


default_posix_clock: Impl[Pclock] = PosixClock()
"""The target's clock of the time of day."""
