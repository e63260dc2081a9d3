"""Groups: one configuration with all combinations of values for some of its keys."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from attr import field, frozen

from functoria.errors import InvalidValue
from functoria.fleet.case import Case, Pattern
from functoria.fleet.configuration import Code, File
from functoria.plan.app import App

ALL: Literal["all"] = "all"
"""In place of values: each that the key has."""

Axes = Mapping[str, Sequence[Any] | Literal["all"]]
"""For names of keys the values to take, one after the other; or ALL."""


@frozen
class Group:
    """A configuration, values for keys of all its cases, and those to combine."""

    configuration: File | Code
    fixed: Mapping[str, Any] = field(factory=dict)
    axes: Mapping[str, tuple[Any, ...] | None] = field(factory=dict)
    """The values to take of each key; None for each that it has."""
    without: tuple[Pattern, ...] = ()

    @property
    def open(self) -> tuple[str, ...]:
        """The keys whose values only the configuration knows."""
        return tuple(name for name, values in self.axes.items() if values is None)

    @property
    def size(self) -> int:
        """About how many cases these are."""
        count = 1
        for values in self.axes.values():
            count *= 8 if values is None else len(values)
        return count

    def cases(self, known: Mapping[str, Sequence[str]]) -> Iterator[Case]:
        """The cases, without those that are excluded. `known` has the values of `open`; none for a key that is not there."""
        axes = {name: known.get(name, ()) if values is None else values for name, values in self.axes.items()}
        chosen = {name: values for name, values in axes.items() if values or self.axes[name] is not None}
        for combination in itertools.product(*chosen.values()):
            case = Case(self.configuration, {**self.fixed, **dict(zip(chosen, combination, strict=True))})
            if not any(pattern.matches(case) for pattern in self.without):
                yield case


def axes_of(targets: Sequence[str] | str | None, matrix: Axes | None) -> dict[str, tuple[Any, ...] | None]:
    """Check what a fleet is to vary. `targets` are values of the key `target`. Raises InvalidValue."""
    said: dict[str, Any] = dict(matrix or {})
    if targets is not None:
        if "target" in said:
            raise InvalidValue("targets are given, and the matrix has target too: leave one out", objects=[targets])
        said = {"target": ALL if targets == ALL else [targets] if isinstance(targets, str) else targets, **said}
    axes: dict[str, tuple[Any, ...] | None] = {}
    for name, values in said.items():
        if values == ALL:
            axes[name] = None
        elif isinstance(values, (list, tuple)) and values:
            axes[name] = tuple(values)
        else:
            raise InvalidValue(f"{name} is a list of values, or {ALL!r}, not {values!r}", objects=[name, values])
    return axes


def alternatives(app: App, names: Sequence[str]) -> dict[str, list[str]]:
    """The values that keys of `app` have, where these are a few; a key that it does not have is left out.

    Raises InvalidValue for a key that takes anything.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        keys = app.keys_by_name.get(name, ())
        if keys:
            found[name] = list(keys[0].converter.alternatives)
            if not found[name]:
                raise InvalidValue(
                    f"{name} takes {keys[0].converter.expected}: list the values to take of it", objects=keys
                )
    return found
