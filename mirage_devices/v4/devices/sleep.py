"""Sleeping."""

from __future__ import annotations

from attr import frozen

from functoria import Impl, Package, Type
from mirage_devices.v4.device import Device
from mirage_devices.v4.packages import package
from mirage_devices.v4.targets import Target, chosen


class Sleep:
    """Label of `sleep` for type checkers."""


sleep: Type[Sleep] = Type("sleep")
"""A way to sleep: an implementation to link, not an argument of functors."""


def sleep_packages(target: Target) -> tuple[Package, ...]:
    """Return mirage-sleep, with the implementation of a target."""
    return (package("mirage-sleep", compatible="4.1.0", sublibs=["", target.implementation]),)


@frozen
class TargetSleep(Device[Sleep]):
    """The target's own sleep."""

    type = sleep
    module = "Mirage_sleep"
    name = "sleep"
    own_packages = chosen.map(sleep_packages)


@frozen
class NoSleep(Device[Sleep]):
    """No sleep: nothing is linked."""

    type = sleep
    module = "Mirage_runtime"
    name = "no_sleep"


default_sleep: Impl[Sleep] = TargetSleep()
"""The target's way to sleep."""
no_sleep: Impl[Sleep] = NoSleep()
"""No way to sleep, for a unikernel that brings its own or needs none."""
