"""Bounds that differ from the rule for upper bounds."""

from __future__ import annotations

from typing import NamedTuple


class Exceptional(NamedTuple):
    """Bounds that differ from the rule, as PEP 440 writes them (empty for no bounds), and the reason."""

    bounds: str
    reason: str
    also: tuple[str, ...] = ()
    """Those of other devices, for which the reason holds too."""
