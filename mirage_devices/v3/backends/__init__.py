"""What each target adds to an application: a module per family, a `Backend` per target.

A new target is a module here with its backends in `TARGETS`, and its name in the list below.
"""

from __future__ import annotations

from mirage_devices.v3.backends import solo5, unix, xen
from mirage_devices.v3.backends.base import Backend

__all__ = ["BACKENDS", "Backend"]

BACKENDS: dict[str, Backend] = {backend.name: backend for module in (unix, xen, solo5) for backend in module.TARGETS}
"""The targets by name, in the order in which messages list them."""
