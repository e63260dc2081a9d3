"""Refusals of a config.ml, each with its place."""

from __future__ import annotations

from collections.abc import Iterable

from functoria.errors import ConfigError, TypeMismatch
from functoria.location import Location


class Call(Location):
    """The place of a function with its arguments, which knows the place of each."""

    __slots__ = ("arguments",)

    arguments: tuple[tuple[str, Location], ...]

    def __init__(self, at: Location, arguments: tuple[tuple[str, Location], ...]) -> None:
        super().__init__(at.file, at.line, at.span)
        object.__setattr__(self, "arguments", arguments)


def argument_at(at: Location, label: str, number: int) -> Location:
    """The place of the argument with the label; without one, of that number, from 0. The whole call where it is not known."""
    if isinstance(at, Call):
        found = [place for name, place in at.arguments if name == label]
        if label and found:
            return found[0]
        if not label and number < len(found):
            return found[number]
    return at


def refused(at: Location, message: str, *, objects: Iterable[object] = ()) -> ConfigError:
    """What OCaml would refuse, or what is not read, at a place."""
    return ConfigError(message, objects=objects, locations=[at])


def mistyped(at: Location, message: str, *, objects: Iterable[object] = ()) -> TypeMismatch:
    """What OCaml's type checker would refuse, at a place."""
    return TypeMismatch(message, objects=objects, locations=[at])
