"""What a function of OCaml's libraries takes: its arguments checked, each with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functoria.location import Location
from functoria.ocaml.errors import mistyped
from functoria.ocaml.values import NONE, Buffer, Char, Construct, List, Raised, Ref, Wrapped, compared, named, some


def integer(value: Any, at: Location) -> int:
    """`value` itself, if it is an integer; else TypeMismatch."""
    if type(value) is not int:
        raise mistyped(at, f"this is {named(value)}, but an integer is expected", objects=[value])
    return value


def text_of(value: Any, at: Location) -> str:
    """`value` itself, if it is a text; else TypeMismatch."""
    if not isinstance(value, str):
        raise mistyped(at, f"this is {named(value)}, but a text is expected", objects=[value])
    return value


def of_kind(value: Any, kind: str, what: str, at: Location) -> Wrapped:
    """Return `value` if it wraps one of this kind; raise TypeMismatch, which says that `what` is expected, if not."""
    if not isinstance(value, Wrapped) or value.kind != kind:
        raise mistyped(at, f"this is {named(value)}, but {what} is expected", objects=[value])
    return value


def list_in(value: Any, at: Location) -> List:
    """`value` itself, if it is a list; else TypeMismatch."""
    if not isinstance(value, List):
        raise mistyped(at, f"this is {named(value)}, but a list is expected", objects=[value])
    return value


def float_of(value: Any, at: Location) -> float:
    """`value` itself, if it is a float; else TypeMismatch."""
    if type(value) is not float:
        raise mistyped(at, f"this is {named(value)}, but a float is expected", objects=[value])
    return value


def boolean(value: Any, at: Location) -> bool:
    """`value` itself, if it is a boolean; else TypeMismatch."""
    if type(value) is not bool:
        raise mistyped(at, f"this is {named(value)}, but a boolean is expected", objects=[value])
    return value


def ref_of(value: Any, at: Location) -> Ref:
    """`value` itself, if it is a reference; else TypeMismatch."""
    if not isinstance(value, Ref):
        raise mistyped(at, f"this is {named(value)}, but a reference is expected", objects=[value])
    return value


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
        raise mistyped(at, f"this is {named(value)}, but a pair is expected", objects=[value])
    return value


def char_of(value: Any, at: Location) -> str:
    """The text of `value`, if it is a character; else TypeMismatch."""
    if not isinstance(value, Char):
        raise mistyped(at, f"this is {named(value)}, but a character is expected", objects=[value])
    return value.text


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
    if not isinstance(value, Buffer):
        raise mistyped(at, f"this is {named(value)}, but a formatter is expected", objects=[value])
    return value
