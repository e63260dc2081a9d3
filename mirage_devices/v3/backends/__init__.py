"""The targets of unikernels, and the files that each adds: a module per family, a `Backend` per target.

A new target is a line in the `TARGETS` of its family's module, with a class of its own where it does something differently; a
new family is a module here, and its name in the list below.
"""

from __future__ import annotations

from mirage_devices.target_table import Targets
from mirage_devices.v3.backends import solo5, unix, xen
from mirage_devices.v3.backends.base import Backend, Target

__all__ = ["BACKENDS", "Backend", "Target"]

BACKENDS: Targets[Backend] = Targets(
    Backend, (backend for module in (unix, xen, solo5) for backend in module.TARGETS), "mirage_devices.v3.targets"
)
"""The targets by name."""
