"""OCaml's integers of 63 and of 64 bits."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache
from typing import Any

from functoria.location import Location
from functoria.ocaml.builtin import raw
from functoria.ocaml.errors import mistyped
from functoria.ocaml.expected import float_of, integer, or_none, order, partial_order, ref_of, set_ref, text_of
from functoria.ocaml.values import Construct, Int64, Raised, failure, named

_BITS = 63


def wrapped(number: int, bits: int = _BITS) -> int:
    """Wrap `number` around as OCaml's integers do."""
    half = 1 << (bits - 1)
    return (number + half) % (1 << bits) - half


def whole(name: str, operate: Callable[[int, int], int]) -> tuple[str, Any]:
    """Make an operator on two integers."""

    def run(one: Any, two: Any, at: Location) -> int:
        a, b = integer(one, at), integer(two, at)
        try:
            return wrapped(operate(a, b))
        except ZeroDivisionError:
            raise Raised(Construct("Division_by_zero"), at) from None

    return name, raw(name, ". .", run)


def truncated(a: int, b: int) -> int:
    """Divide two integers, rounding towards 0."""
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def remainder(a: int, b: int) -> int:
    """Return the remainder of `truncated`."""
    return a - b * truncated(a, b)


def shifted(a: int, b: int) -> int:
    """Shift the bits of `a` to the left."""
    return a << b if 0 <= b < 64 else 0


def shifted_right(a: int, b: int) -> int:
    """Shift the bits of `a` to the right, filling with 0."""
    return (a % (1 << _BITS)) >> b if b >= 0 else 0


ARITHMETIC: tuple[tuple[str, str, Callable[[int, int], int]], ...] = (
    ("+", "add", operator.add),
    ("-", "sub", operator.sub),
    ("*", "mul", operator.mul),
    ("/", "div", truncated),
    ("mod", "rem", remainder),
    ("land", "logand", operator.and_),
    ("lor", "logor", operator.or_),
    ("lxor", "logxor", operator.xor),
)
"""The operations on two integers of any size: the operator, its name in modules of integers, and what it does."""
SHIFTS: tuple[tuple[str, str, Callable[[int, int], int]], ...] = (
    ("lsl", "shift_left", shifted),
    ("asr", "shift_right", lambda a, b: a >> b if b >= 0 else 0),
    ("lsr", "shift_right_logical", shifted_right),
)
"""The shifts of an int, in the same form."""


def ordering(name: str, holds: Callable[[int], bool]) -> tuple[str, Any]:
    """Make an operator that compares two values."""

    def run(a: Any, b: Any, at: Location) -> bool:
        found = partial_order(a, b, at)
        return name == "<>" if found is None else holds(found)

    return name, raw(name, ". .", run)


def adding(step: int) -> Callable[[Any, Location], tuple[()]]:
    """Make a function that adds `step` to the content of a reference."""

    def run(ref: Any, at: Location) -> tuple[()]:
        return set_ref(ref, wrapped(integer(ref_of(ref, at).held[0], at) + step), at)

    return run


def int_of_string(text: Any, at: Location) -> int:
    """Parse an integer; raises OCaml's Failure."""
    from functoria.ocaml.literals import number

    try:
        found = number(text_of(text, at))
    except ValueError:
        found = None
    if type(found) is not int:
        raised = failure("int_of_string")
        raised.at = at
        raise raised
    return found


def string_of_float(value: Any, at: Location) -> str:
    """Return a float's text as OCaml has it, with a point if there is no other mark of one."""
    text = f"{float_of(value, at):.12g}"
    return text if any(char in text for char in ".einf") else text + "."


def int64_of_string(text: Any, at: Location) -> Int64:
    """Parse a number of 64 bits; raises OCaml's Failure."""
    from functoria.ocaml.literals import number

    try:
        found = number(f"{text_of(text, at)}L")
    except ValueError:
        found = None
    if not isinstance(found, Int64):
        raised = failure("Int64.of_string")
        raised.at = at
        raise raised
    return found


@cache
def int64s() -> dict[str, Any]:
    """Return the values of the module Int64."""

    def number(value: Any, at: Location) -> int:
        if not isinstance(value, Int64):
            raise mistyped(at, f"this is {named(value)}, but an int64 is expected", objects=[value])
        return value.value

    def two(name: str, operate: Callable[[int, int], int]) -> tuple[str, Any]:
        def run(a: Any, b: Any, at: Location) -> Int64:
            try:
                return Int64(wrapped(operate(number(a, at), number(b, at)), 64))
            except ZeroDivisionError:
                raise Raised(Construct("Division_by_zero"), at) from None

        return name, raw(f"Int64.{name}", ". .", run)

    def moved(name: str, operate: Callable[[int, int], int]) -> tuple[str, Any]:
        def run(a: Any, bits: Any, at: Location) -> Int64:
            return Int64(wrapped(operate(number(a, at), integer(bits, at)) if 0 <= bits < 64 else 0, 64))

        return name, raw(f"Int64.{name}", ". .", run)

    def one(name: str, operate: Callable[[int], int]) -> tuple[str, Any]:
        return name, raw(f"Int64.{name}", ".", lambda a, at: Int64(wrapped(operate(number(a, at)), 64)))

    return dict(
        [
            *(two(name, operate) for _, name, operate in ARITHMETIC),
            ("of_int", raw("Int64.of_int", ".", lambda a, at: Int64(integer(a, at)))),
            ("to_int", raw("Int64.to_int", ".", lambda a, at: wrapped(number(a, at)))),
            ("to_string", raw("Int64.to_string", ".", lambda a, at: str(number(a, at)))),
            two("min", min),
            two("max", max),
            one("lognot", lambda a: ~a),
            moved("shift_left", lambda a, b: a << b),
            moved("shift_right", lambda a, b: a >> b),
            moved("shift_right_logical", lambda a, b: (a % 2**64) >> b),
            ("of_string", raw("Int64.of_string", ".", int64_of_string)),
            ("of_string_opt", raw("Int64.of_string_opt", ".", or_none(int64_of_string))),
            ("compare", raw("Int64.compare", ". .", lambda a, b, at: order(number(a, at), number(b, at), at))),
            ("equal", raw("Int64.equal", ". .", lambda a, b, at: number(a, at) == number(b, at))),
            ("to_float", raw("Int64.to_float", ".", lambda a, at: float(number(a, at)))),
            ("minus_one", Int64(-1)),
            one("neg", lambda a: -a),
            one("abs", abs),
            one("succ", lambda a: a + 1),
            one("pred", lambda a: a - 1),
            ("min_int", Int64(-(2**63))),
            ("max_int", Int64(2**63 - 1)),
            ("zero", Int64(0)),
            ("one", Int64(1)),
        ]
    )
