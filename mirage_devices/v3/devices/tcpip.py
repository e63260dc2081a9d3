"""The package tcpip, which holds a library for each layer."""

from __future__ import annotations

from collections.abc import Sequence

from functoria import Package, Value, package
from mirage_devices.v3.targets import by_family


def tcpip(sublib: str) -> Value[Sequence[Package]]:
    """Return tcpip with its library `sublib`, and with its checksums in C: `unix` or `xen`; Solo5 has none."""

    def with_checksums(*more: str) -> tuple[Package]:
        return (package("tcpip", min="3.5.0", max="3.6.0", sublibs=[sublib, *more]),)

    return by_family(unix=with_checksums("unix"), xen=with_checksums("xen"), solo5=with_checksums())
