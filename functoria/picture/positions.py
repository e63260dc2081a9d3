"""Place nodes within their layers so that lines are short and straight: the third step of Sugiyama's method.

Each layer is moved as near as possible to the neighbours of its nodes, by least squares, keeping the order and without overlaps.
That is an isotonic regression, which pooling neighbours solves exactly in linear time (Barlow 1972).
"""

from __future__ import annotations

from collections.abc import Sequence

from functoria.picture.crossings import mean

_SWEEPS = 16


def placed(
    layers: Sequence[Sequence[int]],
    heights: Sequence[float],
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
) -> list[float]:
    """Return the middle of each node and station, of the given `heights`, from 0 for the uppermost edge."""
    middles = [0.0] * len(heights)
    for layer in layers:
        at = 0.0
        for node in layer:
            middles[node] = at + heights[node] / 2
            at += heights[node]
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        last = sweep >= _SWEEPS - 2
        for layer in layers if forth else reversed(layers):
            wishes = [_wish(node, before, after, middles, forth, both=last) for node in layer]
            _move(layer, wishes, heights, middles)
    top = min((middles[node] - heights[node] / 2 for layer in layers for node in layer), default=0.0)
    return [float(int(middle - top + 0.5)) for middle in middles]


def _wish(
    node: int,
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
    middles: Sequence[float],
    forth: bool,
    *,
    both: bool,
) -> float | None:
    """Return the best place of `node`: the mean of its neighbours before or after it, or of both means; None if it has none."""
    wishes = []
    if before[node] and (forth or both):
        wishes.append(mean(node, before, after, middles))
    if after[node] and (not forth or both):
        wishes.append(mean(node, after, before, middles))
    return sum(wishes) / len(wishes) if wishes else None


def _move(layer: Sequence[int], wishes: Sequence[float | None], heights: Sequence[float], middles: list[float]) -> None:
    """Move the nodes of `layer` to where they wish to be, as nearly as they can. Those without a wish give way."""
    pools: list[tuple[float, float, int]] = []  # sum of weighted wishes, weight, and how many nodes move together
    offsets: list[float] = []
    offset = 0.0
    for number, node in enumerate(layer):
        if number:
            offset += (heights[layer[number - 1]] + heights[node]) / 2
        offsets.append(offset)
        wish = wishes[number]
        weight = 0.01 if wish is None else 1.0
        total, count = ((middles[node] if wish is None else wish) - offset) * weight, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / weight:
            other_total, other_weight, other_count = pools.pop()
            total, weight, count = total + other_total, weight + other_weight, count + other_count
        pools.append((total, weight, count))
    number = 0
    for total, weight, count in pools:
        for _ in range(count):
            middles[layer[number]] = total / weight + offsets[number]
            number += 1
