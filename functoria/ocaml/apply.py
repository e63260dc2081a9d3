"""Functions applied to arguments, by OCaml's rules for labels and optional arguments, within bounds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from functoria.errors import FunctoriaError
from functoria.location import Location
from functoria.ocaml.checking import checking
from functoria.ocaml.errors import mistyped, refused
from functoria.ocaml.numbered import counted
from functoria.ocaml.values import ABSENT, UNKNOWN, Construct, Function, Parameter, named

_MISSING: Any = object()
STEPS = 1_000_000
"""How many functions an evaluation may call, and cells or characters, by hundreds, that it may make."""


class Given(NamedTuple):
    """An argument as it is given; `optional` one for `?label:`, which is an option."""

    value: Any
    label: str = ""
    optional: bool = False


class Budget:
    """How much an evaluation may still do."""

    def __init__(self) -> None:
        self.left = STEPS

    def spend(self, at: Location, steps: int = 1) -> None:
        """Count `steps`. Raises ConfigError where they are too many."""
        self.left -= steps
        if self.left < 0:
            raise refused(at, f"evaluating this configuration takes more than {STEPS} steps")


def apply(function: Any, arguments: list[Given], at: Location) -> Any:
    """Apply `function` to `arguments`. Raises TypeMismatch if it is not a function, or does not have a label that is given."""
    applied: Function | None = None
    while True:
        if not isinstance(function, Function):
            if function is UNKNOWN:
                return UNKNOWN
            if applied is not None:
                raise _surplus(applied, arguments[0], at)
            raise mistyped(at, f"{named(function)} is not a function, and cannot be applied", objects=[function])
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
    """In which order OCaml evaluates arguments that have `labels`, which are "" by place: that of the parameters, from the right.

    In a partial application this is so of those before the first parameter that is missing; the others follow from the left.
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
    return function.call(values, at) if checks is None else checks.call(function, values, at)


def _matched(function: Function, arguments: list[Given], at: Location) -> tuple[list[Any], list[Given]]:
    """The values of the parameters, those not given as missing; and the arguments that are left for what it returns."""
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
    for number in range(last):  # an optional argument is left out once one by place after it is given
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
    has = f"has {', '.join(labels)}" if labels else "has no labels"
    return mistyped(at, f"{name} has no argument ~{argument.label}: it {has}", objects=[function, argument.label])


def _partial(function: Function, values: list[Any]) -> Function:
    """`function` with some arguments given; it takes the others."""
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
    """`function` applied to values by place."""
    return apply(function, [Given(value) for value in values], at)
