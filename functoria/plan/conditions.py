"""Conditions for something to be in a plan, found by planning again with other values for one key at a time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from attr import frozen

from functoria.errors import FunctoriaError

if TYPE_CHECKING:
    from functoria.key import Key
    from functoria.plan.app import App
    from functoria.plan.plan import Plan

_MOST = 16
"""The maximal number of values tried for a key."""


@frozen
class Condition:
    """The values of a key for which something is in the plan, and those for which it is not, other values unchanged.

    Values for which planning fails are in neither.
    """

    key: Key[Any]
    there: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        if not self.missing:
            return f"with every {self.key.name}" if self.key.name != "target" else "on every target"
        kept, words = (self.there, "only") if len(self.there) <= len(self.missing) else (self.missing, "not")
        if self.key.kind in ("flag", "alias"):
            option = self.key.options[-1]
            return f"only with {option}" if self.there == ("true",) else f"not with {option}"
        if self.key.name == "target":
            return f"{words} where target is {' or '.join(kept)}"
        return f"{words} with {' or '.join(f'{self.key.options[-1]}={value}' for value in kept)}"


def conditions(app: App, context: dict[str, Any], present: Callable[[Plan], bool]) -> tuple[Condition, ...]:
    """Return the keys that decide whether `present` holds for the plan of `app`, other values being those of `context`.

    All values are tried for each key that decides a choice or a package, if there are few. The key `target` is always
    included, if there is one.
    """
    found = [_varied(app, context, key, present) for key in _deciding(app)]
    return tuple(each for each in found if each.there and (each.missing or each.key.name == "target"))


def _deciding(app: App) -> Iterator[Key[Any]]:
    done: set[str] = set()
    for key in app.keys:
        values = key.converter.alternatives
        if key.configurable and 0 < len(values) <= _MOST and key.name not in done:
            done.add(key.name)
            yield key


def _varied(app: App, context: dict[str, Any], key: Key[Any], present: Callable[[Plan], bool]) -> Condition:
    there: list[str] = []
    missing: list[str] = []
    for value, plan in plans(app, context, key, key.converter.alternatives):
        (there if present(plan) else missing).append(value)
    return Condition(key, tuple(there), tuple(missing))


def plans(app: App, context: dict[str, Any], key: Key[Any], values: Sequence[str]) -> Iterator[tuple[str, Plan]]:
    """Yield the plan for each of `values` of `key`, other values being those of `context`, if planning succeeds."""
    for value in values:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                plan = app.plan({**context, key.name: value})
                _ = plan.packages  # may fail too
            yield value, plan
        except FunctoriaError:
            continue
