"""Call Python's constructors on behalf of a config.ml."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from functoria.location import Location, telling

Recorder = Callable[[Any, Callable[..., Any], list[Any], dict[str, Any], Location], None]
recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
"""Called for each value that a constructor makes: with the value, the constructor, its arguments and the place."""


@telling
def called(python: Callable[..., Any], by_place: list[Any], by_name: dict[str, Any], place: Location) -> Any:
    """Call `python`; terms that it makes have `place` as their location."""
    place = getattr(place, "whole", place)  # terms keep their location
    made = python(*by_place, **by_name)
    record = recorder.get()
    if record is not None:
        record(made, python, by_place, by_name, place)
    return made
