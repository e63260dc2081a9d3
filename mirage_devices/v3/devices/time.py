"""Sleeping."""

from __future__ import annotations

from functoria import Impl, Type
from mirage_devices.v3.device import Device


class Time:
    """Label of `time` for type checkers."""


time: Type[Time] = Type("time")
"""A way to sleep."""


class OSTime(Device[Time]):
    """The target's own timer."""

    type = time
    module = "OS.Time"
    name = "time"


default_time: Impl[Time] = OSTime()
"""The target's own timer."""
