"""Conditions for something to be in a plan, found by planning with all values of the keys on which that depends."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from math import prod
from typing import TYPE_CHECKING, Any

from attr import evolve, frozen

from functoria.errors import FunctoriaError
from functoria.plan.allowed import Allowed, given_first
from functoria.plan.cover import Box, Point, cover
from functoria.plan.switches import Switch, aimed, switches

if TYPE_CHECKING:
    from functoria.key import Key
    from functoria.plan.app import App
    from functoria.plan.plan import Plan
    from functoria.plan.subject import Subject

_MOST = 2048
"""The most combinations of values that are tried."""
_DEVICES = 200_000
"""The most devices that the plans tried have together, except for a first few."""
_FEW = 64
_WAYS = 8
"""The maximum number of ways to meet a condition that are described."""


@frozen
class Range:
    """The values of one key that are distinguished: texts, and None if giving no value differs from each of them."""

    key: Key[Any]
    values: tuple[str | None, ...]
    usual: str | None
    """The text that is as good as not giving the key; None if there is none."""
    other: str | None
    """The text that stands for all further values; None if there is none."""
    open: bool
    """Whether further values may differ from that."""

    @property
    def name(self) -> str:
        """The name of the key."""
        return self.key.name

    def place(self, text: str | None) -> int | None:
        """Return the number of the value that `text` is, or None; of no value if `text` is None."""
        wanted = self.usual if text is None else text
        known = wanted in self.values
        return self.values.index(wanted if known else self.other) if known or self.other in self.values else None

    def told(self, allowed: frozenset[int]) -> str:
        """Describe that the key has one of the `allowed` values, as in `with --net=direct or no --net`."""
        return Allowed(self.key, self.values, allowed, self.other).sentence


@frozen
class Condition:
    """The values of keys for which something is in the plan, exactly, as far as combinations were `tried`.

    Combinations for which planning is refused are in it or not.
    """

    ranges: tuple[Range, ...]
    boxes: tuple[Box, ...]
    """It holds if for one of these all keys have allowed values; of a range, the numbers of its values."""
    tried: int
    combinations: int
    targeted: bool
    """Whether the application has the key `target`."""

    @property
    def complete(self) -> bool:
        """Whether all values of all keys were tried."""
        return self.tried == self.combinations and not any(each.open for each in self.ranges)

    @property
    def never(self) -> bool:
        """Whether it holds for no combination that was tried."""
        return not self.boxes

    def holds(self, given: Mapping[str, str]) -> bool:
        """Return whether it holds where keys, by name, are `given` these texts. Others are not given."""
        point = [each.place(given.get(each.name)) for each in self.ranges]
        return any(all(place in allowed for place, allowed in zip(point, box, strict=True)) for box in self.boxes)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data: `any_of` are the ways to meet it, with the values allowed for keys.

        None is no value; `usual` are the values that keys have if none is given; `others` stand for all further values.
        """
        ways = [
            {each.name: [each.values[place] for place in sorted(allowed)] for each, allowed in self._limits(box)}
            for box in self.boxes
        ]
        return {
            "when": str(self),
            "any_of": ways,
            "usual": {each.name: each.usual for each in self.ranges if each.usual is not None},
            "tried": self.tried,
            "combinations": self.combinations,
            "others": {each.name: each.other for each in self.ranges if each.other is not None},
            "further_values": [each.name for each in self.ranges if each.open],
        }

    def _limits(self, box: Box) -> list[tuple[Range, frozenset[int]]]:
        return [
            (each, allowed) for each, allowed in zip(self.ranges, box, strict=True) if len(allowed) < len(each.values)
        ]

    def __str__(self) -> str:
        return ", ".join([self._said(), *self._reservations()])

    def _said(self) -> str:
        if self.never:
            return "with no choice"
        ways = sorted((self._way(box) for box in self.boxes), key=lambda way: (len(way), way))
        if not ways[0]:
            return "on every target" if self.targeted else "with every choice"
        texts = [
            (", and " if any(" or " in part or " and " in part for part in way) else " and ").join(_merged(way))
            for way in ways[:_WAYS]
        ]
        if len(ways) > _WAYS:
            texts.append(f"with {len(ways) - _WAYS} other combinations")
        text = ("; or " if any(", and " in each for each in texts) else ", or ").join(texts)
        return f"only {text}" if all(each.startswith(("with ", "where ")) for each in texts) else _negative(text)

    def _way(self, box: Box) -> list[str]:
        """Describe what `box` requires of each key: values to give before values not to give."""
        return given_first([each.told(allowed) for each, allowed in self._limits(box)])

    def _reservations(self) -> Iterator[str]:
        if self.tried < self.combinations:
            yield f"as far as {self.tried} of {self.combinations} combinations were tried"
        further = [each.key.options[-1] for each in self.ranges if each.open]
        if further:
            yield f"as far as values of {' and '.join(further)} were tried"


def _merged(way: Sequence[str]) -> list[str]:
    """Leave out a `with` that follows another."""
    return [
        part.removeprefix("with ") if before.startswith("with ") and " or " not in part else part
        for before, part in zip(("", *way), way, strict=False)
    ]


def _negative(text: str) -> str:
    alone = text.startswith("without ") and ", or " not in text and " and " not in text
    return f"not {text.replace('without', 'with', 1)}" if alone else text


def condition(app: App, context: Mapping[str, Any], subject: Subject) -> Condition:
    """Return the condition for plans of `app` to have `subject`.

    All combinations of the values of keys that bear on it are tried, those first that differ least from `context`; of keys
    with any number of values, those which the application compares them with. If there are too many combinations, some are
    not tried, and the condition says so.
    """
    names = subject.keys(app)
    by_name = {each.name: each for each in switches(app, context, set())}
    set_by_others = aimed(app)
    ranges = tuple(_range(by_name[name], compared, name in set_by_others) for name, compared in names.items())
    now = tuple(_now(each, context) for each in ranges)
    total = prod(len(each.values) for each in ranges)
    inside: list[Point] = []
    outside: list[Point] = []
    tried = size = 0
    # Keys that must be given, but bear on nothing here, have any value.
    needed = {
        each.name: each.texts[0]
        for each in by_name.values()
        if each.name not in names and each.texts and any(key.kind == "required" for key in each.variants)
    }
    rest = {**needed, **{name: value for name, value in context.items() if name not in names}}
    for point in islice(_points(ranges, now), _MOST):
        if size > _DEVICES and tried >= _FEW:
            break
        tried += 1
        plan = _planned(app, (rest, needed), ranges, point)
        if plan is not None:
            size += len(plan.devices)
            (inside if subject.there(plan) else outside).append(point)
    found = Condition(ranges, (), tried, total, "target" in app.keys_by_name)
    return _described(found, inside, outside)


def _described(found: Condition, inside: Sequence[Point], outside: Sequence[Point]) -> Condition:
    """Return `found` with boxes, without values that no plan can have."""
    planned = [*inside, *outside]
    used = [sorted({point[place] for point in planned}) for place in range(len(found.ranges))]

    def kept(points: Sequence[Point]) -> list[Point]:
        return [tuple(places.index(value) for places, value in zip(used, point, strict=True)) for point in points]

    ranges = tuple(
        evolve(each, values=tuple(each.values[place] for place in places))
        for each, places in zip(found.ranges, used, strict=True)
    )
    return evolve(found, ranges=ranges, boxes=cover([len(places) for places in used], kept(inside), kept(outside)))


def _range(switch: Switch, compared: bool, set_by_others: bool) -> Range:
    """Return the range of the keys of `switch`: whether they are only compared, and whether aliases set them."""
    key = switch.variants[0]
    usual = None if switch.usual is None else switch.texts[switch.usual]
    alternatives = {text for each in switch.variants for text in each.converter.alternatives}
    listed = bool(alternatives) and alternatives <= set(switch.texts)
    texts = list(switch.texts)
    if not (set_by_others or listed or usual is not None or key.default is None or len(switch.variants) > 1):
        usual = key.printed(key.default)
        texts.append(usual)
    other = None if listed else _other(switch, texts)
    values = (*([None] if usual is None else []), *texts, *([other] if other is not None else []))
    return Range(key, values, usual, other, not listed and (other is None or not compared))


def _other(switch: Switch, texts: Sequence[str]) -> str | None:
    """Return a text that the keys of `switch` accept, and that is not one of `texts`; None if none is found."""
    for text in ("other", *map(str, range(len(texts) + 2))):
        try:
            if text not in texts and all(key.printed(key.accept(text)) == text for key in switch.variants):
                return text
        except FunctoriaError:
            continue
    return None


def _now(each: Range, context: Mapping[str, Any]) -> int:
    value = context.get(each.name)
    text = value if value is None or isinstance(value, str) else each.key.printed(value)
    return each.place(text) or 0


def _points(ranges: Sequence[Range], now: Point) -> Iterator[Point]:
    """Yield all combinations of values, those first that differ from `now` at the fewest places."""
    others = [[place for place in range(len(each.values)) if place != at] for each, at in zip(ranges, now, strict=True)]
    for number in range(len(now) + 1):
        for places in combinations(range(len(now)), number):
            for values in product(*(others[place] for place in places)):
                point = list(now)
                for place, value in zip(places, values, strict=True):
                    point[place] = value
                yield tuple(point)


def _planned(app: App, rests: Sequence[Mapping[str, Any]], ranges: Sequence[Range], point: Point) -> Plan | None:
    """Return the plan for a combination, with the first of `rests` for other keys that is not refused; None if all are."""
    values = [(each, each.values[place]) for each, place in zip(ranges, point, strict=True)]
    given = {each.name: value for each, value in values if value is not None and value != each.usual}
    for more in rests if rests[0] != rests[-1] else rests[:1]:
        plan = _tried(app, {**more, **given})
        if plan is not None:
            return plan
    return None


def plans(app: App, context: Mapping[str, Any], key: Key[Any], values: Sequence[str]) -> Iterator[tuple[str, Plan]]:
    """Yield the plan for each of `values` of `key`, other values being those of `context`, if planning succeeds."""
    for value in values:
        plan = _tried(app, {**context, key.name: value})
        if plan is not None:
            yield value, plan


def _tried(app: App, context: Mapping[str, Any]) -> Plan | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            plan = app.plan(context)
            _ = plan.packages  # may fail too
        return plan
    except FunctoriaError:
        return None
