"""Errors for a configuration that is nested too deeply to be read, or that recurses too deeply."""

from __future__ import annotations

from typing import Any

from functoria.errors import ConfigError
from functoria.location import Location
from functoria.ocaml.errors import refused

_PLACES = ("at", "place", "node", "pattern", "item")
"""The variables that hold the current place in the functions that read, compile and run code."""


def too_deep(error: RecursionError, file: str) -> ConfigError:
    """Return the error for a configuration that is nested too deeply, at the innermost place reached."""
    line = 1
    trace = error.__traceback__
    while trace is not None:
        known = trace.tb_frame.f_locals
        line = next((found for name in _PLACES if (found := _line(known.get(name), file))), line)
        trace = trace.tb_next
    return refused(
        Location(file, line), "this is nested too deeply, or calls itself too often: split it into parts with names"
    )


def _line(value: Any, file: str) -> int:
    """Return the line of a place, of a node of syntax, or of one of tree-sitter's; 0 for anything else."""
    start = getattr(value, "start_point", None)
    if isinstance(start, tuple):
        return int(start[0]) + 1
    place = value if isinstance(value, Location) else getattr(value, "at", None)
    return place.line if isinstance(place, Location) and place.file == file else 0
