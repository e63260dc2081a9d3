"""The wall clock."""

from __future__ import annotations

from attr import frozen

from functoria import Impl, Package, Type
from mirage_devices.v4.device import Device
from mirage_devices.v4.packages import package
from mirage_devices.v4.targets import Target, chosen


class Ptime:
    """Label of `ptime` for type checkers."""


ptime: Type[Ptime] = Type("ptime")
"""The wall clock: an implementation to link, not an argument of functors."""


def _packages(target: Target) -> tuple[Package, ...]:
    return (package("mirage-ptime", compatible="5.1.0", sublibs=["", target.implementation]),)


@frozen
class TargetPtime(Device[Ptime]):
    """The target's own wall clock."""

    type = ptime
    module = "Mirage_ptime"
    name = "ptime"
    own_packages = chosen.map(_packages)


@frozen
class NoPtime(Device[Ptime]):
    """No wall clock: nothing is linked."""

    type = ptime
    module = "Mirage_runtime"
    name = "no_ptime"


@frozen
class MockPtime(Device[Ptime]):
    """A wall clock that the unikernel sets by itself."""

    type = ptime
    module = "Mirage_ptime"
    name = "mock_ptime"
    own_packages = (package("mirage-ptime", compatible="5.1.0", sublibs=["", "mock"]),)


default_ptime: Impl[Ptime] = TargetPtime()
"""The target's wall clock."""
no_ptime: Impl[Ptime] = NoPtime()
"""No wall clock, for a unikernel that brings its own or needs none."""
mock_ptime: Impl[Ptime] = MockPtime()
"""A clock that the unikernel itself sets, on any target."""
