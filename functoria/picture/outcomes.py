"""All outcomes of values that depend on keys, as tables, so that a page can evaluate them exactly as Python does.

A value is a small program of reads of keys, functions and cases. A read has one outcome for each value that its key can be given,
a function one for each combination of its arguments' outcomes, and so on. Each step has a table.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import product
from typing import Any

from functoria.errors import FunctoriaError
from functoria.key import Key
from functoria.plan.switches import Failed
from functoria.term import exact
from functoria.value import Case, Lift, Pure, Read, Value

LARGEST = 4096
"""The maximal number of combinations in the table of a function."""


class TooMany(Exception):
    """A table would be too large: `value` depends on keys that can have too many values together."""

    def __init__(self, value: Value[Any]) -> None:
        super().__init__(value)
        self.value = value


class Outcomes:
    """The tables of values. A value is added with its parts, and gets a number."""

    def __init__(self, readings: Mapping[Key[Any], tuple[int, Sequence[Any]]]) -> None:
        self._readings = readings
        self._numbers: dict[Value[Any], int] = {}
        self._kept: list[Value[Any]] = []
        self.steps: list[dict[str, Any]] = []
        """The evaluation of each value, as plain data."""
        self.of: list[list[Any]] = []
        """The outcomes of each value."""

    def number(self, value: Value[Any]) -> int:
        """Return the number of `value`, which is added if it is new. Raises TooMany."""
        pending = [value]
        while pending:
            one = pending[-1]
            if self._numbers.get(one) is not None:
                pending.pop()
                continue
            missing = [part for part in _parts(one) if self._numbers.get(part) is None]
            if missing:
                pending += reversed(missing)
                continue
            pending.pop()
            self._add(one)
        return self._numbers[value]

    def _add(self, value: Value[Any]) -> None:
        found: list[Any] = []
        places: dict[Hashable, int] = {}

        def place(outcome: Any) -> int:
            try:
                key: Hashable = (type(outcome), exact(outcome))
            except (FunctoriaError, TypeError):
                key = len(found), None
            if key not in places:
                places[key] = len(found)
                found.append(outcome)
            return places[key]

        step = self._step(value, place)
        failures = {number: each.message for number, each in enumerate(found) if isinstance(each, Failed)}
        if failures:
            step["failed"] = failures
        self._numbers[value] = len(self.steps)
        self._kept.append(value)
        self.steps.append(step)
        self.of.append(found)

    def _step(self, value: Value[Any], place: Any) -> dict[str, Any]:
        if isinstance(value, Read):
            number, outcomes = self._readings[value.key]
            return {"key": number, "table": [place(each) for each in outcomes]}
        if isinstance(value, Lift):
            parts = [self._numbers[part] for part in value.arguments]
            lists = [self.of[part] for part in parts]
            size = 1
            for each in lists:
                size *= len(each)
            if size > LARGEST:
                raise TooMany(value)
            table = []
            for outcomes in product(*lists):
                done = {id(part): outcome for part, outcome in zip(value.arguments, outcomes, strict=True)}
                failed = next((each for each in outcomes if isinstance(each, Failed)), None)
                table.append(place(failed or _tried(value, done)))
            return {"of": parts, "sizes": [len(each) for each in lists], "table": table}
        if isinstance(value, Case):
            selector = self._numbers[value.selector]
            ways: list[Any] = []
            for outcome in self.of[selector]:
                chosen = outcome if isinstance(outcome, Failed) else _branch(value, outcome)
                if isinstance(chosen, Failed):
                    ways.append([place(chosen)])
                else:
                    branch = self._numbers[chosen]
                    ways.append([branch, [place(each) for each in self.of[branch]]])
            return {"by": selector, "ways": ways}
        assert isinstance(value, Pure)
        return {"only": place(value.constant)}


def _parts(value: Value[Any]) -> Sequence[Value[Any]]:
    if isinstance(value, Lift):
        return value.arguments
    if isinstance(value, Case):
        default = () if value.default is None else (value.default,)
        return (value.selector, *(branch for _, branch in value.cases), *default)
    return ()


def _tried(value: Value[Any], done: dict[int, Any]) -> Any:
    try:
        return value._result(done, _never)
    except FunctoriaError as error:
        return Failed(error.message)


def _branch(value: Case[Any], outcome: Any) -> Value[Any] | Failed:
    try:
        return value._chosen({id(value.selector): outcome})
    except FunctoriaError as error:
        return Failed(error.message)


def _never(key: Key[Any]) -> Any:
    raise AssertionError(key)
