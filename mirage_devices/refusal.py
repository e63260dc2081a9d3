"""The error by which a device refuses the choices that were made."""

from __future__ import annotations

from typing import Any

from functoria import Unsupported


def unsupported(device: Any, why: str) -> Unsupported:
    """Return the error that `device.configure` raises if the device does not work with the choices made; `why` is its message."""
    return Unsupported(why, objects=[device], locations=[device.location])
