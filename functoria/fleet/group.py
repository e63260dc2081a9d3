"""Groups: one configuration with all combinations of values for some of its keys."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

from attr import field, frozen

from functoria.errors import InvalidValue
from functoria.fleet.case import CONFIGURATION, Case, Pattern, names, text_of
from functoria.fleet.configuration import Code, File
from functoria.misspelling import instead
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
        axes = self._values(known)
        chosen = {name: values for name, values in axes.items() if values or self.axes[name] is not None}
        for combination in itertools.product(*chosen.values()):
            case = Case(self.configuration, {**self.fixed, **dict(zip(chosen, combination, strict=True))})
            if not any(pattern.matches(case) for pattern in self.without):
                yield case

    def _values(self, known: Mapping[str, Sequence[str]]) -> dict[str, Sequence[Any]]:
        return {name: known.get(name, ()) if values is None else values for name, values in self.axes.items()}

    def texts(self, known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """All that patterns may match in the cases, excluded ones too: for each name the texts. `known` is as for `cases`."""
        said = {**{name: [value] for name, value in self.fixed.items()}, **self._values(known)}
        return {
            **{name: list(map(text_of, values)) for name, values in said.items() if values},
            CONFIGURATION: names(self.configuration),
        }


def idle(texts: Mapping[Pattern, Sequence[Mapping[str, Sequence[str]]]]) -> Iterator[str]:
    """Say which exclusions match no case, and what may be meant. For each pattern, `texts` are those of its groups."""
    for pattern, groups in texts.items():
        for name, text, alone in pattern.single():
            if any(map(alone.fits, groups)):
                continue
            there = dict.fromkeys(other for group in groups for other in group)
            values = dict.fromkeys(value for group in groups for value in group.get(name, ()))
            if name not in there:
                yield f"an exclusion of {name}={text} matches no case, for none chooses {name}: {instead(name, there)}"
            elif not any(fnmatchcase(value, text) for value in values):
                yield f"an exclusion of {name}={text} matches no case: {instead(text, values)}"
            else:
                continue  # what does not match is another part, which is told by itself, or all of them together
            break
        else:
            if not any(map(pattern.fits, groups)):
                said = " ".join(f"{name}={','.join(patterns)}" for name, patterns in pattern.parts)
                yield f"an exclusion of {said} matches no case: no configuration has all of that"


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
