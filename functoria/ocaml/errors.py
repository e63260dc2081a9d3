"""Errors about a config.ml, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from functoria.errors import ConfigError, TypeMismatch
from functoria.location import Location
from functoria.misspelling import instead
from functoria.ocaml.told import WHY, Told

if TYPE_CHECKING:
    from functoria.ocaml.syntax import Argument
    from functoria.span import Span


class Call(Location):
    """The place of a call, which knows the place of each argument."""

    __slots__ = ("arguments", "whole")

    arguments: tuple[Argument, ...]
    whole: Location
    """The place of the call, without those of its arguments."""

    def __init__(self, at: Location, arguments: tuple[Argument, ...]) -> None:
        super().__init__(at.file, at.line)
        object.__setattr__(self, "arguments", arguments)
        object.__setattr__(self, "whole", at)

    @property
    def span(self) -> Span | None:
        """Return the columns of the expression."""
        return self.whole.span


def argument_at(at: Location, label: str, number: int) -> Location:
    """Return the place of an argument, by label or else by number from 0; of the whole call if that is not known."""
    if isinstance(at, Call):
        found = [each.value.at for each in at.arguments if each.label == label]
        if label and found:
            return found[0]
        if not label and number < len(found):
            return found[number]
    return at


def no_field(name: str, fields: Iterable[str], at: Location) -> TypeMismatch:
    """Describe why OCaml refuses a field that a record with these `fields` does not have."""
    return mistyped(at, f"the record has no field {name}: {instead(name, fields, listed='it has')}", objects=[name])


def refused(at: Location, message: str, *, objects: Iterable[object] = ()) -> ConfigError:
    """Return the error for code that OCaml would refuse, or that is not supported here."""
    return ConfigError(message, objects=objects, locations=[at])


def mistyped(at: Location, message: str, *, objects: Iterable[object] = ()) -> TypeMismatch:
    """Return the error for code that OCaml's type checker would refuse; for a text with holes, the error for looking into it."""
    found = tuple(objects)
    if any(isinstance(each, Told) for each in found):
        message = WHY
    return TypeMismatch(message, objects=found, locations=[at])
