"""When something is in a plan: found out by planning again, with one choice after the other made otherwise."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from functoria.errors import FunctoriaError

if TYPE_CHECKING:
    from functoria.key import Key
    from functoria.plan.app import App
    from functoria.plan.plan import Plan

_MOST = 16
"""The most values of a key that are tried."""


@frozen
class Condition:
    """The values of one key with which something is in a plan, and those with which it is not, all else as it was chosen.

    Values with which there is no plan are neither.
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
    """Return by which keys it is decided whether what `present` asks for is in the plan of `app`, other choices as in `context`.

    Tried is each value of each key that decides a choice or a package, and has few values. The key `target` is always among
    them, where there is one.
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
    """Yield the plan for each of `values` of `key`, other choices as in `context`, but for those that are refused."""
    for value in values:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                plan = app.plan({**context, key.name: value})
                _ = plan.packages  # which may be refused too
            yield value, plan
        except FunctoriaError:
            continue
