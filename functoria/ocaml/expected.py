"""Check the arguments of library functions, with the place of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from functoria.errors import TypeMismatch
from functoria.location import Location
from functoria.ocaml.boxes import Buffer
from functoria.ocaml.errors import mistyped
from functoria.ocaml.told import Text, Told
from functoria.ocaml.values import NONE, Char, Construct, List, Raised, Ref, Wrapped, compared, invalid, named, some

T = TypeVar("T")


def _unlike(value: Any, what: str, at: Location) -> TypeMismatch:
    error = mistyped(at, f"this is {named(value)}, but {what} is expected", objects=[value])
    if what == "a list" and hasattr(value, "signature"):  # @ joins lists
        error.remedy = "apply a functor with $, as in main $ default_time, and put a list in brackets"
    return error


def _instance(value: Any, cls: type[T], what: str, at: Location) -> T:
    """Return `value` if it is of the class; raise TypeMismatch otherwise, naming `what` was expected."""
    if not isinstance(value, cls) or (cls is int and isinstance(value, bool)):  # in OCaml a boolean is not an integer
        raise _unlike(value, what, at)
    return value


def integer(value: Any, at: Location) -> int:
    """Return `value` if it is an integer; raise TypeMismatch otherwise."""
    return _instance(value, int, "an integer", at)


def text_of(value: Any, at: Location) -> str:
    """Return `value` if it is a string; raise TypeMismatch otherwise."""
    return _instance(value, str, "a string", at)


def writable(value: Any, at: Location) -> Text:
    """Return `value` if it is a string, perhaps with names that only a plan chooses; raise TypeMismatch otherwise."""
    return value if isinstance(value, Told) else text_of(value, at)


def of_kind(value: Any, kind: str, what: str, at: Location) -> Wrapped:
    """Return `value` if it wraps something of this kind; raise TypeMismatch otherwise, naming `what` was expected."""
    if not isinstance(value, Wrapped) or value.kind != kind:
        raise _unlike(value, what, at)
    return value


def list_in(value: Any, at: Location) -> List:
    """Return `value` if it is a list; raise TypeMismatch otherwise."""
    return _instance(value, List, "a list", at)


def float_of(value: Any, at: Location) -> float:
    """Return `value` if it is a float; raise TypeMismatch otherwise."""
    return _instance(value, float, "a float", at)


def set_ref(ref: Any, value: Any, at: Location) -> tuple[()]:
    """Set a reference to `value`. Raises TypeMismatch if it is not one, and Sets where that is not allowed."""
    found = ref_of(ref, at)
    if found.state is not None:
        found.state.setting(found.number, at)
    found.held[0] = value
    return ()


def boolean(value: Any, at: Location) -> bool:
    """Return `value` if it is a boolean; raise TypeMismatch otherwise."""
    return _instance(value, bool, "a boolean", at)


def ref_of(value: Any, at: Location) -> Ref:
    """Return `value` if it is a reference. Raises TypeMismatch otherwise, and ConfigError if it may not be read now."""
    found = _instance(value, Ref, "a reference", at)
    if found.state is not None:
        found.state.reading(found.number, at)
    return found


def order(a: Any, b: Any, at: Location) -> int:
    """Compare as OCaml's `compare` does; errors carry the place."""
    found = _order(a, b, at, total=True)
    assert found is not None
    return found


def partial_order(a: Any, b: Any, at: Location) -> int | None:
    """Compare as OCaml's operators do: None if the values are not ordered, as nan is with none; errors carry the place."""
    return _order(a, b, at, total=False)


def _order(a: Any, b: Any, at: Location, *, total: bool) -> int | None:
    try:
        return compared(a, b, total=total)
    except Raised as raised:
        raised.at = at
        raise
    except RecursionError:
        raise
    except Exception as problem:
        raise mistyped(at, str(getattr(problem, "message", problem))) from None


def pair_of(value: Any, at: Location) -> tuple[Any, Any]:
    """Return `value` if it is a pair; raise TypeMismatch otherwise."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise _unlike(value, "a pair", at)
    return value


def pairs_in(name: str, one: Any, two: Any, at: Location) -> Iterator[tuple[Any, Any]]:
    """Return the pairs of items of two lists; after the last one raise Raised, for function `name`, if the lengths differ."""
    a, b = list_in(one, at), list_in(two, at)
    yield from zip(a, b, strict=False)
    if a.size != b.size:
        raise raised_at(invalid(name), at)


def char_of(value: Any, at: Location) -> str:
    """Return the text of `value` if it is a character; raise TypeMismatch otherwise."""
    return _instance(value, Char, "a character", at).text


def or_none(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `function`, which calls no function of a configuration, to return an option: None if it finds or reads nothing.

    Exceptions about wrong arguments remain, as in OCaml.
    """

    def run(*values: Any) -> Construct:
        try:
            return some(function(*values))
        except Raised as raised:
            if raised.value.name not in ("Not_found", "Failure"):
                raise
            return NONE

    return run


def raised_at(raised: Raised, at: Location) -> Raised:
    """Return `raised` with its place."""
    raised.at = at
    return raised


def buffer_of(value: Any, at: Location) -> Buffer:
    """Return `value` if it is a formatter; raise TypeMismatch otherwise."""
    return _instance(value, Buffer, "a formatter", at)
