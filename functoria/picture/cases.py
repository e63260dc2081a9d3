"""Describe the branches of a choice by the options with which a user takes each."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from functoria.errors import FunctoriaError
from functoria.impl import Choice
from functoria.plan.cover import Box, cover
from functoria.printable import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functoria.key import Key

OTHERWISE = "otherwise"
_SO = "if so"
"""Said of a condition that is too long to say."""
_MOST = 256
"""The most combinations of values that a condition is worked out for."""
_LONGEST = 64
"""The most characters of a condition that is said."""


def case(choice: Choice[*tuple[Any, ...]], place: int) -> str:
    """Return the value with which `choice` takes its branch number `place`, as data; `else` for the last."""
    if place >= len(choice.cases):
        return "else"
    label = choice.cases[place][0]
    return shown(str(label).lower() if isinstance(label, bool) else str(label))


def said(choice: Choice[*tuple[Any, ...]]) -> tuple[str, ...]:
    """Describe when each branch of `choice` is taken: options, values, or `otherwise` for the last.

    A condition is described by the values of its keys, as in `--dhcp` or `qubes, xen`, if there are only a few.
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
        return _SO
    inside: list[tuple[int, ...]] = []
    outside: list[tuple[int, ...]] = []
    for point in product(*(range(len(each)) for each in ranges)):
        values = {key: each[at] for key, each, at in zip(keys, ranges, point, strict=True)}
        try:
            holds = choice.selector.evaluate(values.__getitem__) == label
        except FunctoriaError:
            continue
        (inside if holds else outside).append(point)
    boxes = cover([len(each) for each in ranges], inside, outside)
    text = " or ".join(
        _way(keys, ranges, box) for box in sorted(boxes, key=lambda box: [len(allowed) for allowed in box])
    )
    return text if text and len(text) <= _LONGEST else _SO


def _values(key: Key[Any]) -> Sequence[Any]:
    """Return the values that `key` may have; empty if there are too many."""
    if key.kind in ("flag", "alias"):
        return (True, False)
    try:
        found = [key.settled(key.accept(text)) for text in key.converter.alternatives]
        more = [] if not found or key.kind == "required" or key.default in found else [key.settled(key.default)]
        return [*found, *more]
    except FunctoriaError:
        return ()


def _way(keys: Sequence[Key[Any]], ranges: Sequence[Sequence[Any]], box: Box) -> str:
    """Describe the values of keys that `box` allows."""
    parts = []
    for key, values, allowed in zip(keys, ranges, box, strict=True):
        if len(allowed) == len(values):
            continue
        option = key.options[-1]
        if key.kind in ("flag", "alias"):
            parts.append(option if 0 in allowed else f"no {option}")
            continue
        texts = [f"no {option}" if value is None else key.printed(value) for value in values]
        kept = [text for place, text in enumerate(texts) if place in allowed]
        rest = [text for place, text in enumerate(texts) if place not in allowed]
        few = len(kept) <= len(rest)
        listed = ", ".join(kept if few else rest)
        named = listed if len(keys) == 1 or listed == f"no {option}" else f"{option} {listed}"
        parts.append(named if few else f"any {option}" if listed == f"no {option}" else f"not {named}")
    return " and ".join(parts)
