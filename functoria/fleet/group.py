"""Groups: one configuration with all combinations of values for some of its keys."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

from attr import field, frozen

from functoria.errors import InvalidValue
from functoria.fleet.case import CONFIGURATION, Case, Pattern, Said, names, text_of
from functoria.fleet.configuration import Code, File
from functoria.location import Location
from functoria.misspelling import instead
from functoria.plan.app import App

ALL: Literal["all"] = "all"
"""Stands for all values that a key can have."""

Axes = Mapping[str, Sequence[Any] | Literal["all"]]
"""The values of keys to combine, by name; or ALL."""


Places = dict[tuple[str, str | None], Location]
"""Where values of keys were written, by the name of the key and the text of the value; where the key itself was, by None."""


@frozen
class Group:
    """A configuration, with values for all of its cases, and values to combine."""

    configuration: File | Code
    fixed: Mapping[str, Any] = field(factory=dict)
    axes: Mapping[str, tuple[Any, ...] | None] = field(factory=dict)
    """The values of each key to combine; None for all that it can have."""
    without: tuple[Pattern, ...] = ()
    places: Places = field(factory=dict, eq=False, repr=False)

    @property
    def open(self) -> tuple[str, ...]:
        """Return the keys whose values only the configuration knows."""
        return tuple(name for name, values in self.axes.items() if values is None)

    @property
    def size(self) -> int:
        """Estimate the number of cases."""
        count = 1
        for values in self.axes.values():
            count *= 8 if values is None else len(values)
        return count

    def cases(self, known: Mapping[str, Sequence[str]]) -> Iterator[Case]:
        """Yield the cases that are not excluded. `known` has the values of `open` keys; none for a key that does not exist."""
        axes = self._values(known)
        chosen = {name: values for name, values in axes.items() if values or self.axes[name] is not None}
        for combination in itertools.product(*chosen.values()):
            choices = {**self.fixed, **dict(zip(chosen, combination, strict=True))}
            case = Case(self.configuration, choices, self._said(choices))
            if not any(pattern.matches(case) for pattern in self.without):
                yield case

    @property
    def alike(self) -> Case:
        """The choices common to all of its cases."""
        return Case(self.configuration, self.fixed, self._said({**self.fixed, **dict.fromkeys(self.axes, ALL)}))

    def _said(self, choices: Mapping[str, Any]) -> dict[str, Said]:
        """Return the places of `choices`, as far as they are known."""
        if not self.places:
            return {}
        return {
            name: Said(self.places[name, None], self.places.get((name, text_of(value)), self.places[name, None]))
            for name, value in choices.items()
            if (name, None) in self.places
        }

    def _values(self, known: Mapping[str, Sequence[str]]) -> dict[str, Sequence[Any]]:
        return {name: known.get(name, ()) if values is None else values for name, values in self.axes.items()}

    def texts(self, known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Return the texts that patterns may match, by name, including those of excluded cases. `known` is as for `cases`."""
        said = {**{name: [value] for name, value in self.fixed.items()}, **self._values(known)}
        return {
            **{name: list(map(text_of, values)) for name, values in said.items() if values},
            CONFIGURATION: names(self.configuration),
        }


def unmatched(texts: Mapping[Pattern, Sequence[Mapping[str, Sequence[str]]]]) -> Iterator[tuple[str, Location | None]]:
    """Report exclusions that match no case, with suggestions, and the place where each is written.

    `texts` has, for each pattern, the texts of its groups.
    """
    for pattern, groups in texts.items():
        for name, text, alone in pattern.single():
            if any(map(alone.fits, groups)):
                continue
            there = dict.fromkeys(other for group in groups for other in group)
            values = dict.fromkeys(value for group in groups for value in group.get(name, ()))
            if name not in there:
                what = f"an exclusion of {name}={text} matches no case, because none chooses {name}: {instead(name, there)}"
            elif not any(fnmatchcase(value, text) for value in values):
                what = f"an exclusion of {name}={text} matches no case: {instead(text, values)}"
            else:
                continue  # another part fails to match, which is reported itself, or only their combination does
            yield what, pattern.places.get((name, text))
            break
        else:
            if not any(map(pattern.fits, groups)):
                said = " ".join(f"{name}={','.join(patterns)}" for name, patterns in pattern.parts)
                yield (
                    f"an exclusion of {said} matches no case: no configuration has all of that",
                    pattern.places.get(None),
                )


def unknown(groups: Iterable[tuple[Group, Mapping[str, Any]]]) -> Iterator[tuple[str, Location | None]]:
    """Report keys whose values are all to be taken, and that no configuration has, with suggestions, and where each is written.

    `groups` come with the `values` of their open keys, and the names of all `keys` that they have.
    """
    found: dict[str, list[tuple[Group, Mapping[str, Any]]]] = {}
    for group, known in groups:
        for name in group.open:
            found.setdefault(name, []).append((group, known))
    for name, those in found.items():
        if not any(name in known["values"] for _, known in those):
            keys = dict.fromkeys(key for _, known in those for key in known["keys"])
            what = f"no configuration has a key {name}, all of whose values are to be taken: {instead(name, keys)}"
            yield what, those[0][0].places.get((name, None))


def axes_of(targets: Sequence[str] | str | None, matrix: Axes | None) -> dict[str, tuple[Any, ...] | None]:
    """Check and convert what a fleet combines. `targets` are values of the key `target`. Raises InvalidValue."""
    said: dict[str, Any] = dict(matrix or {})
    if targets is not None:
        if "target" in said:
            raise InvalidValue("both targets and the matrix give targets: leave one out", objects=[targets])
        said = {"target": ALL if targets == ALL else [targets] if isinstance(targets, str) else targets, **said}
    axes: dict[str, tuple[Any, ...] | None] = {}
    for name, values in said.items():
        if values == ALL:
            axes[name] = None
        elif isinstance(values, (list, tuple)) and values:
            axes[name] = tuple(values)
            texts = list(map(text_of, values))
            for number, text in enumerate(texts):
                if text in texts[:number]:
                    raise InvalidValue(f"{name} has {text} twice: list it once", objects=[name, values[number]])
        else:
            raise InvalidValue(f"{name} must be a list of values, or {ALL!r}, not {values!r}", objects=[name, values])
    return axes


def alternatives(app: App, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the possible values of the keys `names` of `app`, skipping keys that it does not have.

    Raises InvalidValue for a key whose values cannot be listed.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        keys = app.keys_by_name.get(name, ())
        if keys:
            found[name] = list(keys[0].converter.alternatives)
            if not found[name]:
                raise InvalidValue(
                    f"{name} takes {keys[0].converter.on_command_line}: list the values to combine", objects=keys
                )
    return found
