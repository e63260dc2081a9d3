"""What a function of OCaml's libraries takes: its arguments checked, each with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from functoria.errors import TypeMismatch
from functoria.location import Location
from functoria.ocaml.errors import mistyped
from functoria.ocaml.values import NONE, Buffer, Char, Construct, List, Raised, Ref, Wrapped, compared, named, some

T = TypeVar("T")


def _unlike(value: Any, what: str, at: Location) -> TypeMismatch:
    return mistyped(at, f"this is {named(value)}, but {what} is expected", objects=[value])


def _instance(value: Any, cls: type[T], what: str, at: Location) -> T:
    """Return `value` if it is of the class; else raise TypeMismatch, which says that `what` is expected."""
    if not isinstance(value, cls) or (cls is int and isinstance(value, bool)):  # OCaml's booleans are no integers
        raise _unlike(value, what, at)
    return value


def integer(value: Any, at: Location) -> int:
    """`value` itself, if it is an integer; else TypeMismatch."""
    return _instance(value, int, "an integer", at)


def text_of(value: Any, at: Location) -> str:
    """`value` itself, if it is a text; else TypeMismatch."""
    return _instance(value, str, "a text", at)


def of_kind(value: Any, kind: str, what: str, at: Location) -> Wrapped:
    """Return `value` if it wraps one of this kind; raise TypeMismatch, which says that `what` is expected, if not."""
    if not isinstance(value, Wrapped) or value.kind != kind:
        raise _unlike(value, what, at)
    return value


def list_in(value: Any, at: Location) -> List:
    """`value` itself, if it is a list; else TypeMismatch."""
    return _instance(value, List, "a list", at)


def float_of(value: Any, at: Location) -> float:
    """`value` itself, if it is a float; else TypeMismatch."""
    return _instance(value, float, "a float", at)


def boolean(value: Any, at: Location) -> bool:
    """`value` itself, if it is a boolean; else TypeMismatch."""
    return _instance(value, bool, "a boolean", at)


def ref_of(value: Any, at: Location) -> Ref:
    """`value` itself, if it is a reference; else TypeMismatch."""
    return _instance(value, Ref, "a reference", at)


def order(a: Any, b: Any, at: Location) -> int:
    """As OCaml's `compare`, with the place in what is raised."""
    try:
        return compared(a, b)
    except Raised as raised:
        raised.at = at
        raise
    except Exception as problem:
        raise mistyped(at, str(getattr(problem, "message", problem))) from None


def pair_of(value: Any, at: Location) -> tuple[Any, Any]:
    """`value` itself, if it is a pair; else TypeMismatch."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise _unlike(value, "a pair", at)
    return value


def char_of(value: Any, at: Location) -> str:
    """The text of `value`, if it is a character; else TypeMismatch."""
    return _instance(value, Char, "a character", at).text


def or_none(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` with an option for its result: None where it raises an exception of OCaml's."""

    def run(*values: Any) -> Construct:
        try:
            return some(function(*values))
        except Raised:
            return NONE

    return run


def raised_at(raised: Raised, at: Location) -> Raised:
    """`raised`, with its place."""
    raised.at = at
    return raised


def buffer_of(value: Any, at: Location) -> Buffer:
    """`value` itself, if it is a formatter; else TypeMismatch."""
    return _instance(value, Buffer, "a formatter", at)
