"""Describe the branches of a choice by the options with which a user takes each."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from functoria.errors import FunctoriaError
from functoria.impl import Choice
from functoria.plan.allowed import Allowed, given_first
from functoria.plan.cover import Box, cover
from functoria.printable import shown
from functoria.value import Lift, Pure, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functoria.key import Key

OTHERWISE = "otherwise"
_MOST = 256
"""The most combinations of values that a condition is worked out for."""
_LONGEST = 64
"""The most characters of a condition that is said."""


def case(choice: Choice[*tuple[Any, ...]], place: int) -> str:
    """Return the value with which `choice` takes its branch number `place`, as data; `else` for the last."""
    if place >= len(choice.cases):
        return "else"
    return shown(_text(choice.cases[place][0]))


def _text(label: object) -> str:
    return str(label).lower() if isinstance(label, bool) else str(label)


def said(choice: Choice[*tuple[Any, ...]]) -> tuple[str, ...]:
    """Describe when each branch of `choice` is taken: options, values, or `otherwise` for the last.

    A condition is described by the values of its keys, as in `--dhcp` or `qubes, xen`, if there are only a few. If it is too
    long, its shortest alternatives are described, followed by `or …` for the others.
    """
    labels = [label for label, _ in choice.cases]
    if not any(isinstance(label, bool) for label in labels):
        return (*(case(choice, place) for place in range(len(labels))), OTHERWISE)
    conditions = [_condition(choice, label) for label in labels]
    return (*(shown(each) for each in conditions), OTHERWISE)


def _condition(choice: Choice[*tuple[Any, ...]], label: object) -> str:
    keys = choice.selector.keys
    ranges = [_values(key) for key in keys]
    if not all(ranges) or prod(map(len, ranges)) > _MOST:
        return _unlisted(choice.selector, label)
    inside: list[tuple[int, ...]] = []
    outside: list[tuple[int, ...]] = []
    for point in product(*(range(len(each)) for each in ranges)):
        values = {key: each[at][1] for key, each, at in zip(keys, ranges, point, strict=True)}
        try:
            holds = choice.selector.evaluate(values.__getitem__) == label
        except FunctoriaError:
            continue
        (inside if holds else outside).append(point)
    if not inside or not outside:
        return "always" if inside else "never"
    boxes = cover([len(each) for each in ranges], inside, outside)
    ordered = sorted(boxes, key=lambda box: [len(allowed) for allowed in box])
    ways = [_way(keys, ranges, box) for box in ordered]
    text = " or ".join(ways)
    return text if len(text) <= _LONGEST else _beginning(ways) or _unlisted(choice.selector, label)


def _beginning(ways: Sequence[str]) -> str:
    """Return as many of `ways`, the shortest first, as can be described, and a mark for others; empty if none can."""
    found = ""
    for way in sorted(ways, key=len):
        if len(found + way) + len(" or …") > _LONGEST:
            break
        found += f"{way} or "
    return found and f"{found}…"


def _unlisted(selector: Value[Any], label: object) -> str:
    """Describe a condition with too many values to list: by its comparisons, such as the cases of a `match`, or by its keys."""
    constant = selector.arguments[-1] if isinstance(selector, Lift) and selector.comparison and label is True else None
    if isinstance(constant, Pure) and isinstance(constant.constant, (str, int, float)):
        text = _text(constant.constant)
        if text and len(text) <= _LONGEST:
            return text
    return _depending(selector.keys)


def _depending(keys: Sequence[Key[Any]]) -> str:
    """Describe which keys decide it."""
    text = f"depending on {keys[0].options[-1]}" if keys else "depending on nothing"
    for key in keys[1:]:
        if len(text) + len(key.options[-1]) > _LONGEST:
            return f"{text}, …"
        text += f", {key.options[-1]}"
    return text


def _values(key: Key[Any]) -> Sequence[tuple[str | None, Any]]:
    """Return the values that `key` may have, each after its text, None for no value; empty if there are too many."""
    if key.kind in ("flag", "alias"):
        return (("true", True), ("false", False))
    try:
        found = [key.settled(key.accept(text)) for text in key.converter.alternatives]
        more = [] if not found or key.kind == "required" or key.default in found else [key.settled(key.default)]
        return [(None if value is None else key.printed(value), value) for value in (*found, *more)]
    except FunctoriaError:
        return ()


def _way(keys: Sequence[Key[Any]], ranges: Sequence[Sequence[tuple[str | None, Any]]], box: Box) -> str:
    """Describe the values of keys that `box` allows."""
    parts = [
        Allowed(key, tuple(text for text, _ in values), allowed).label(alone=len(keys) == 1)
        for key, values, allowed in zip(keys, ranges, box, strict=True)
        if len(allowed) < len(values)
    ]
    return " and ".join(given_first(parts))
