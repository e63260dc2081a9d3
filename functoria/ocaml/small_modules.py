"""Small modules of OCaml's standard library (Bool, Int, Char, Float, Fun, Lazy, Either), and its functions on floats."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.builtin import raw
from functoria.ocaml.expected import boolean, char_of, float_of, integer, or_none, order, raised_at, text_of
from functoria.ocaml.formats import escaped, force
from functoria.ocaml.literals import real
from functoria.ocaml.numbers import ARITHMETIC, SHIFTS, string_of_float, whole, wrapped
from functoria.ocaml.values import Char, Construct, Raised, Suspended, failure, invalid


@cache
def ints() -> dict[str, Any]:
    """Return the values of the module Int."""

    def one(name: str, operate: Callable[[int], int]) -> tuple[str, Any]:
        return name, raw(f"Int.{name}", ".", lambda a, at: wrapped(operate(integer(a, at))))

    return dict(
        [
            *(whole(name, operate) for _, name, operate in (*ARITHMETIC, *SHIFTS)),
            whole("min", min),
            whole("max", max),
            one("neg", lambda a: -a),
            one("abs", abs),
            one("succ", lambda a: a + 1),
            one("pred", lambda a: a - 1),
            one("lognot", lambda a: ~a),
        ]
    ) | {
        "zero": 0,
        "one": 1,
        "minus_one": -1,
        "max_int": 2**62 - 1,
        "min_int": -(2**62),
        "equal": raw("Int.equal", ". .", lambda a, b, at: integer(a, at) == integer(b, at)),
        "compare": raw("Int.compare", ". .", lambda a, b, at: order(integer(a, at), integer(b, at), at)),
        "to_float": raw("Int.to_float", ".", lambda a, at: float(integer(a, at))),
        "of_float": raw("Int.of_float", ".", int_of_float),
        "to_string": raw("Int.to_string", ".", lambda a, at: str(integer(a, at))),
    }


def int_of_float(value: Any, at: Location) -> int:
    """Truncate a float to an integer; 0 for NaN."""
    found = float_of(value, at)
    return wrapped(int(found)) if math.isfinite(found) and abs(found) < 2**63 else 0


def float_of_string(text: Any, at: Location) -> float:
    """Parse a float; raises OCaml's Failure."""
    said = text_of(text, at)
    try:
        named = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}.get(said.lower().lstrip("+-"))
        if named is not None:
            return -named if said.startswith("-") else named
        return real(said)
    except ValueError:
        raise raised_at(failure("float_of_string"), at) from None


@cache
def floats() -> dict[str, Any]:
    """Return the functions on floats that are visible in every file."""

    def one(name: str, operate: Callable[[float], float]) -> tuple[str, Any]:
        def run(a: Any, at: Location) -> float:
            try:
                return float(operate(float_of(a, at)))
            except (ValueError, OverflowError):
                return _beyond(name, float_of(a, at))

        return name, raw(name, ".", run)

    def two(name: str, operate: Callable[[float, float], float]) -> tuple[str, Any]:
        return name, raw(name, ". .", lambda a, b, at: operate(float_of(a, at), float_of(b, at)))

    return dict(
        [
            two("/.", _divided),
            two("**", _power),
            two("mod_float", lambda a, b: math.fmod(a, b) if b and math.isfinite(a) else math.nan),
            one("abs_float", abs),
            one("sqrt", math.sqrt),
            one("exp", math.exp),
            one("log", math.log),
            one("log10", math.log10),
            one("sin", math.sin),
            one("cos", math.cos),
            one("tan", math.tan),
            one("floor", lambda a: math.floor(a) if math.isfinite(a) else a),
            one("ceil", lambda a: math.ceil(a) if math.isfinite(a) else a),
        ]
    ) | {
        "float": raw("float", ".", lambda a, at: float(integer(a, at))),
        "int_of_float": raw("int_of_float", ".", int_of_float),
        "truncate": raw("truncate", ".", int_of_float),
        "float_of_string": raw("float_of_string", ".", float_of_string),
        "float_of_string_opt": raw("float_of_string_opt", ".", or_none(float_of_string)),
    }


def _beyond(name: str, value: float) -> float:
    """Return the result of a function outside of its domain or range."""
    if name == "exp":
        return math.inf
    return -math.inf if name in ("log", "log10") and value == 0 else math.nan


def _divided(a: float, b: float) -> float:
    if b:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1, b)


def _power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if a == 0 else math.nan


def char_numbered(number_: Any, at: Location, name: str = "Char.chr") -> Char:
    """Return the character with this code. Raises OCaml's Invalid_argument, in the `name` of the function, without one."""
    if not 0 <= integer(number_, at) < 128:
        raise raised_at(invalid(name), at)
    return Char(chr(number_))


def _changed(change: Callable[[str], str]) -> Callable[[Any, Location], Char]:
    return lambda char, at: Char(change(char_of(char, at)))


def _escaped(char: Any, at: Location) -> str:
    inner = escaped(char_of(char, at))[1:-1]
    return "\\'" if inner == "'" else '"' if inner == '\\"' else inner


CHARS: dict[str, Any] = {
    "code": raw("Char.code", ".", lambda char, at: ord(char_of(char, at))),
    "chr": raw("Char.chr", ".", char_numbered),
    "escaped": raw("Char.escaped", ".", _escaped),
    "uppercase_ascii": raw("Char.uppercase_ascii", ".", _changed(str.upper)),
    "lowercase_ascii": raw("Char.lowercase_ascii", ".", _changed(str.lower)),
    "equal": raw("Char.equal", ". .", lambda a, b, at: char_of(a, at) == char_of(b, at)),
    "compare": raw("Char.compare", ". .", lambda a, b, at: ord(char_of(a, at)) - ord(char_of(b, at))),
}
"""The values of the module Char."""

BOOLS: dict[str, Any] = {
    "not": raw("Bool.not", ".", lambda a, at: not boolean(a, at)),
    "equal": raw("Bool.equal", ". .", lambda a, b, at: boolean(a, at) is boolean(b, at)),
    "compare": raw("Bool.compare", ". .", lambda a, b, at: order(boolean(a, at), boolean(b, at), at)),
    "to_int": raw("Bool.to_int", ".", lambda a, at: int(boolean(a, at))),
    "to_string": raw("Bool.to_string", ".", lambda a, at: "true" if boolean(a, at) else "false"),
}
"""The values of the module Bool."""


@cache
def float_module() -> dict[str, Any]:
    """Return the values of the module Float."""
    own = floats()
    return {name: own[name] for name in ("sqrt", "exp", "log", "log10", "floor", "ceil")} | {
        "of_int": own["float"],
        "to_int": own["int_of_float"],
        "abs": own["abs_float"],
        "of_string": own["float_of_string"],
        "of_string_opt": own["float_of_string_opt"],
        "pow": own["**"],
        "add": raw("Float.add", ". .", lambda a, b, at: float_of(a, at) + float_of(b, at)),
        "sub": raw("Float.sub", ". .", lambda a, b, at: float_of(a, at) - float_of(b, at)),
        "mul": raw("Float.mul", ". .", lambda a, b, at: float_of(a, at) * float_of(b, at)),
        "div": own["/."],
        "to_string": raw("Float.to_string", ".", string_of_float),
        "compare": raw("Float.compare", ". .", lambda a, b, at: order(float_of(a, at), float_of(b, at), at)),
        "equal": raw("Float.equal", ". .", lambda a, b, at: order(float_of(a, at), float_of(b, at), at) == 0),
    }


def _protect(finally_: Any, work: Any, at: Location) -> Any:
    try:
        return apply(work, [Given(())], at)
    finally:
        apply(finally_, [Given(())], at)


FUNCTIONS: dict[str, Any] = {
    "id": raw("Fun.id", ".", lambda value, at: value),
    "const": raw("Fun.const", ". .", lambda value, _, at: value),
    "flip": raw("Fun.flip", ". . .", lambda f, a, b, at: apply(f, [Given(b), Given(a)], at)),
    "negate": raw("Fun.negate", ". .", lambda f, a, at: not boolean(apply(f, [Given(a)], at), at)),
    "protect": raw("Fun.protect", "~finally .", _protect),
}
"""The values of the module Fun."""


def _lazily(f: Any, value: Any, at: Location) -> Suspended:
    held: list[Any] = []

    def run() -> Any:
        if not held:
            held.append(apply(f, [Given(force(value))] if value is not None else [Given(())], at))
        return held[0]

    return Suspended(run)


LAZY: dict[str, Any] = {
    "force": raw("force", ".", lambda value, at: force(value)),
    "from_val": raw("Lazy.from_val", ".", lambda value, at: Suspended(lambda: value)),
    "from_fun": raw("Lazy.from_fun", ".", lambda f, at: _lazily(f, None, at)),
    "map": raw("Lazy.map", ". .", _lazily),
}
"""The values of the module Lazy."""


def _either(name: str, value: Any) -> Construct:
    return Construct(name, value, True, rank=int(name == "Right"))


EITHER: dict[str, Any] = {
    "left": raw("Either.left", ".", lambda value, at: _either("Left", value)),
    "right": raw("Either.right", ".", lambda value, at: _either("Right", value)),
    "is_left": raw("Either.is_left", ".", lambda value, at: value.name == "Left"),
    "is_right": raw("Either.is_right", ".", lambda value, at: value.name == "Right"),
}
"""The values of the module Either."""


def not_found(at: Location) -> Raised:
    """Return OCaml's Not_found."""
    return Raised(Construct("Not_found"), at)
