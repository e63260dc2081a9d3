"""Apply functions to arguments by OCaml's rules for labels and optional arguments, within a budget of calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from functoria import misspelling
from functoria.errors import FunctoriaError
from functoria.location import Location
from functoria.ocaml.checking import checking
from functoria.ocaml.errors import mistyped, refused
from functoria.ocaml.numbered import Same, counted
from functoria.ocaml.told import LookedInto, Told, size
from functoria.ocaml.values import ABSENT, UNKNOWN, Construct, Function, List, Parameter, Wrapped, named

_MISSING: Any = object()
STEPS = 1_000_000
"""The number of calls that an evaluation may make. Calls on long values count as several: see `Budget.charged`."""
_CELLS, _CHARACTERS = 10, 100
"""The numbers of items and of characters that count as one call."""


class Given(NamedTuple):
    """An argument of a call; `optional` is true for `?label:`, whose value is an option."""

    value: Any
    label: str = ""
    optional: bool = False


class Budget:
    """The calls and steps that an evaluation may still make."""

    def __init__(self) -> None:
        self.left = STEPS

    def spend(self, at: Location, steps: int = 1) -> None:
        """Subtract `steps`. Raises ConfigError if the budget is exceeded."""
        self.left -= steps
        if self.left < 0:
            raise refused(at, f"evaluating this configuration takes more than {STEPS} steps")

    def cells(self, at: Location, number: int) -> None:
        """Spend for `number` items, of lists or sequences, that are about to be made."""
        self.spend(at, number // _CELLS)

    def characters(self, at: Location, number: int) -> None:
        """Spend for `number` characters that are about to be made."""
        self.spend(at, number // _CHARACTERS)

    def charged(self, function: Function) -> Function:
        """Return a copy of a library's function whose calls are charged.

        A call is a step, and more for long lists, sequences and strings: its time grows with those that it is given,
        and memory with those that it makes. A function that makes much more than it is given spends for that beforehand.
        The same holds for functions that it returns. Those of the configuration spend a step when they are called, so
        whatever applies a function to each of many items is charged for each.
        """
        return counted(function.calling(_Charged(self, function.call)))


class _Charged:
    """The calls of a library's function, charged to a budget."""

    __slots__ = ("_budget", "_call")

    def __init__(self, budget: Budget, call: Callable[[list[Any], Any], Any]) -> None:
        self._budget = budget
        self._call = call

    def __call__(self, values: list[Any], at: Location) -> Any:
        given = sum(map(_length, values))
        self._budget.spend(at, 1 + given)
        found = self._call(values, at)
        self._budget.spend(at, max(0, _length(found) - given))
        if isinstance(found, Function) and not isinstance(found.same, Same) and not isinstance(found.call, _Charged):
            return self._budget.charged(found)
        return found


def _length(value: Any) -> int:
    """Return how many calls a value counts as, by its length."""
    kind = type(value)
    if kind is str or kind is Told:
        return size(value) // _CHARACTERS
    if kind is List:
        return int(value.size) // _CELLS
    return len(value.value) // _CELLS if kind is Wrapped and value.kind == "seq" else 0


def apply(function: Any, arguments: list[Given], at: Location) -> Any:
    """Apply `function` to `arguments`. Raises TypeMismatch if it is not a function, or lacks a label that is given."""
    applied: Function | None = None
    while True:
        if not isinstance(function, Function):
            if function is UNKNOWN:
                return UNKNOWN
            if applied is not None:
                raise _surplus(applied, arguments[0], at)
            error = mistyped(at, f"{named(function)} is not a function, and cannot be applied", objects=[function])
            if hasattr(function, "signature"):
                error.remedy = "apply a functor with $, as in main $ default_time"
            raise error
        parameters = function.parameters
        if function.plain and len(arguments) == len(parameters) and not any(argument.label for argument in arguments):
            return _called(function, [argument.value for argument in arguments], at)
        values, rest = _matched(function, arguments, at)
        if any(value is _MISSING for value in values):
            return _partial(function, values)
        result = _called(function, values, at)
        if not rest:
            return result
        applied, function, arguments = function, result, rest


@lru_cache(maxsize=1024)
def turns(parameters: tuple[Parameter, ...], labels: tuple[str, ...]) -> tuple[int, ...]:
    """Return the order in which OCaml evaluates arguments with `labels` ("" if positional): from the last parameter to the first.

    In a partial application this holds up to the first missing parameter; the other arguments follow, left to right.
    """
    by_label: dict[str, list[int]] = {}
    for number in reversed(range(len(parameters))):
        by_label.setdefault(parameters[number].label, []).append(number)
    found = [by_label[label].pop() if by_label.get(label) else len(parameters) + n for n, label in enumerate(labels)]
    last = max((place for place, label in zip(found, labels, strict=True) if not label), default=-1)
    given = set(found)
    missing = (n for n, each in enumerate(parameters) if n not in given and not (each.optional and n < last))
    first = next(missing, len(parameters) + len(labels))
    return tuple(
        sorted(range(len(found)), key=lambda n: (found[n] > first, found[n] if found[n] > first else -found[n]))
    )


def _called(function: Function, values: list[Any], at: Location) -> Any:
    checks = checking.get()
    try:
        return function.call(values, at) if checks is None else checks.call(function, values, at)
    except LookedInto as error:
        if not error.placed:
            raise LookedInto(error.message, locations=[at]) from None
        raise


def _matched(function: Function, arguments: list[Given], at: Location) -> tuple[list[Any], list[Given]]:
    """Match arguments to parameters. Return the parameters' values, and the arguments left for the function's result."""
    parameters = function.parameters
    values: list[Any] = [_MISSING] * len(parameters)
    unlabelled = [argument for argument in arguments if not argument.label]
    by_place = [number for number, parameter in enumerate(parameters) if not parameter.label]
    needed = [number for number, parameter in enumerate(parameters) if not parameter.optional]
    if len(unlabelled) == len(arguments) == len(needed) and len(by_place) < len(needed):
        by_place = needed  # labels may be left out where all arguments are given
    rest: list[Given] = []
    for argument in arguments:
        if not argument.label:
            continue
        number = next(
            (n for n, each in enumerate(parameters) if each.label == argument.label and values[n] is _MISSING), None
        )
        if number is None:
            if len(unlabelled) < len(by_place):
                raise _no_label(function, argument, at)
            rest.append(argument)
            continue
        values[number] = _labelled(parameters[number], argument, at)
    places = iter(by_place)
    last = -1
    for argument in unlabelled:
        place = next(places, None)
        if place is None:
            rest.append(argument)
            continue
        values[place] = argument.value
        last = place
    for number in range(last):  # an optional argument is omitted if a later positional one is given
        if parameters[number].optional and values[number] is _MISSING:
            values[number] = ABSENT
    if rest and any(value is _MISSING for value in values):
        raise _surplus(function, rest[0], at)
    return values, rest


def _labelled(parameter: Parameter, argument: Given, at: Location) -> Any:
    if not argument.optional:
        return argument.value
    if not parameter.optional:
        raise mistyped(at, f"the argument {argument.label} is not optional: give it with ~ in place of ?")
    value = argument.value
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, Construct) and value.name in ("None", "Some"):
        return value.argument if value.applied else ABSENT
    raise mistyped(at, f"?{argument.label}: takes an option, but this is {named(value)}", objects=[value])


def _surplus(function: Function, argument: Given, at: Location) -> FunctoriaError:
    if argument.label:
        return _no_label(function, argument, at)
    return mistyped(at, f"{function.name or 'this function'} is applied to too many arguments")


def _no_label(function: Function, argument: Given, at: Location) -> FunctoriaError:
    name = function.name or "this function"
    labels = [f"~{each.label}" for each in function.parameters if each.label]
    instead = misspelling.instead(f"~{argument.label}", labels, listed="it has") if labels else "it has no labels"
    return mistyped(at, f"{name} has no argument ~{argument.label}: {instead}", objects=[function, argument.label])


def _partial(function: Function, values: list[Any]) -> Function:
    """Return a function of the remaining parameters of `function`."""
    missing = [number for number, value in enumerate(values) if value is _MISSING]
    known = tuple(values)

    def call(others: list[Any], at: Location) -> Any:
        all_values = list(known)
        for number, value in zip(missing, others, strict=True):
            all_values[number] = value
        return _called(function, all_values, at)

    given = tuple(None if value is _MISSING else (value,) for value in values)
    made = Function(
        tuple(function.parameters[number] for number in missing), call, ("partial", function, given), function.name
    )
    return counted(made)


def unlabelled(function: Any, *values: Any, at: Location) -> Any:
    """Apply `function` to positional arguments."""
    return apply(function, [Given(value) for value in values], at)
