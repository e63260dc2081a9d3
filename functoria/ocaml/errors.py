"""Refusals of a config.ml, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from functoria.errors import ConfigError, TypeMismatch
from functoria.location import Location

if TYPE_CHECKING:
    from functoria.ocaml.syntax import Argument
    from functoria.span import Span


class Call(Location):
    """The place of a function with its arguments, which knows the place of each."""

    __slots__ = ("arguments", "whole")

    arguments: tuple[Argument, ...]
    whole: Location
    """The place alone."""

    def __init__(self, at: Location, arguments: tuple[Argument, ...]) -> None:
        super().__init__(at.file, at.line)
        object.__setattr__(self, "arguments", arguments)
        object.__setattr__(self, "whole", at)

    @property
    def span(self) -> Span | None:
        """The expression."""
        return self.whole.span


def argument_at(at: Location, label: str, number: int) -> Location:
    """The place of the argument with the label; without one, of that number, from 0. The whole call where it is not known."""
    if isinstance(at, Call):
        found = [each.value.at for each in at.arguments if each.label == label]
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
