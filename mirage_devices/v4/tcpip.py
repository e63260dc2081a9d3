"""The package tcpip, of which each device needs one library."""

from __future__ import annotations

from functools import cache

from functoria import Package
from mirage_devices.v4.packages import package


@cache
def tcpip(sub: str) -> Package:
    """Return tcpip with the library tcpip.SUB."""
    return package("tcpip", compatible="9.0.0", sublibs=[sub])
