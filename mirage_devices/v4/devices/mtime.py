"""The monotonic clock."""

from __future__ import annotations

from attr import frozen

from functoria import Impl, Package, Type
from mirage_devices.v4.device import Device
from mirage_devices.v4.packages import package
from mirage_devices.v4.targets import Target, chosen


class Mtime:
    """Label of `mtime` for type checkers."""


mtime: Type[Mtime] = Type("mtime")
"""The monotonic clock: an implementation to link, not an argument of functors."""


def _packages(target: Target) -> tuple[Package, ...]:
    return (package("mirage-mtime", compatible="5.2.0", sublibs=["", target.implementation]),)


@frozen
class TargetMtime(Device[Mtime]):
    """The target's own monotonic clock."""

    type = mtime
    module = "Mirage_mtime"
    name = "mtime"
    own_packages = chosen.map(_packages)


@frozen
class NoMtime(Device[Mtime]):
    """No monotonic clock: nothing is linked."""

    type = mtime
    module = "Mirage_runtime"
    name = "no_mtime"


@frozen
class MockMtime(Device[Mtime]):
    """A monotonic clock that the unikernel sets by itself."""

    type = mtime
    module = "Mirage_mtime"
    name = "mock_mtime"
    own_packages = (package("mirage-mtime", compatible="5.2.0", sublibs=["", "mock"]),)


default_mtime: Impl[Mtime] = TargetMtime()
"""The target's monotonic clock."""
no_mtime: Impl[Mtime] = NoMtime()
"""No monotonic clock, for a unikernel that brings its own or needs none."""
mock_mtime: Impl[Mtime] = MockMtime()
"""A clock that the unikernel itself sets, on any target."""
