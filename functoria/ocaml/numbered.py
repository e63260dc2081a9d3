"""Number what an evaluation makes and Python cannot pickle, so that another process can make it again."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, TypeVar

from functoria.location import Location
from functoria.ocaml.composed import Composed

T = TypeVar("T", bound="Numbered")


class Numbering:
    """Numbers things as they are made and, with `kept`, keeps them."""

    def __init__(self, *, keeping: bool = False) -> None:
        self.count = 0
        self.kept: list[Numbered] | None = [] if keeping else None
        self.state: Any = None
        """The mutable values of the program."""

    def thing(self, number: int) -> Any:
        """Return the thing with this number."""
        raise NotImplementedError


numbering: ContextVar[Numbering | None] = ContextVar("numbering", default=None)
"""The numbering in use; None outside of an evaluation."""


class Numbered(Composed):
    """Base class of what is made again by its number.

    Two are equal if they have the same number in evaluations of equal programs, or if their `same` is equal.
    """

    __slots__ = ("origin",)

    origin: tuple[Numbering, int] | None
    same: object

    def _agrees(self, other: Any) -> bool | None:
        return True if self.origin is not None and self.origin == other.origin else None

    def _inside(self) -> Iterable[Any]:
        return (self.same,)

    def __hash__(self) -> int:
        return hash(self.same if isinstance(self.same, Same) else type(self))

    def __reduce__(self) -> tuple[Any, ...]:
        if self.origin is None:
            return (Stray, (str(self),))
        program, number = self.origin
        return (program.thing, (number,))


class Stray:
    """Stands for a function that another process made while it generated a device's code."""

    def __init__(self, said: str) -> None:
        self.said = said

    def __repr__(self) -> str:
        return self.said


def counted(thing: T) -> T:
    """Number `thing` if an evaluation is running; return it."""
    now = numbering.get()
    if now is None:
        object.__setattr__(thing, "origin", None)
        return thing
    object.__setattr__(thing, "origin", (now, now.count))
    now.count += 1
    if now.kept is not None:
        now.kept.append(thing)
    return thing


class Same(Composed):
    """Identifies a closure: by its place, its program and the variables that it captured."""

    __slots__ = ("held", "place", "program")

    def __init__(self, place: Location, held: dict[int, Any]) -> None:
        self.place = place
        self.held = held
        self.program = numbering.get()

    def _agrees(self, other: Any) -> bool | None:
        if self.place is other.place or (
            (self.place, self.place.span) == (other.place, other.place.span) and self.program == other.program
        ):
            return None
        return False

    def _inside(self) -> Iterable[Any]:
        return (self.held,)

    def __hash__(self) -> int:
        return hash((self.place, self.place.span))
