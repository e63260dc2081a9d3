"""Calls of Python's constructors for what a config.ml writes."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from functoria.location import Location, telling

Recorder = Callable[[Any, Callable[..., Any], list[Any], dict[str, Any]], None]
recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
"""What is told of each value that Python's constructors make: the value, the constructor and what it was given."""


@telling
def called(python: Callable[..., Any], by_place: list[Any], by_name: dict[str, Any], place: Location) -> Any:
    """`python` called for what is written at `place`, where terms that it makes are said to be made."""
    place = getattr(place, "whole", place)  # terms keep it
    made = python(*by_place, **by_name)
    record = recorder.get()
    if record is not None:
        record(made, python, by_place, by_name)
    return made
