"""The layout of boxes and lines in a drawing: layers from left to right, each box right of all that need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from functoria.picture.crossings import neighbours, ordered
from functoria.picture.layers import Wire, layered
from functoria.picture.positions import placed

_GAP = 12.0
"""The distance between boxes in a layer."""
_STATION = 7.0
"""The height of a station."""
_BETWEEN = 56.0
"""The distance between layers, the addition for each hop between them, and its limit."""
_MORE, _MOST = 1.5, 120.0
_CASE, _CASES = 2, 40.0
"""The kind of lines with a label at their end, and the room for the label."""


class Place(NamedTuple):
    """The upper left corner of a box."""

    x: float
    y: float


class Bend(NamedTuple):
    """A part of lines: straight from a box to the end of its layer, in a curve to the next, and straight through a station."""

    x0: float
    """The right edge of the box or station where it begins."""
    y0: float
    x1: float
    """The end of that layer, where the curve begins."""
    x2: float
    """The left edge of the box or station where the curve ends."""
    y2: float
    x3: float
    """The right end of that station; of a box its left edge."""
    kind: int
    target: int
    """The node to which it leads directly; -1 for one to a station."""


class Layout(NamedTuple):
    """A drawing: the places of boxes, the parts of lines, and the parts of which each line consists."""

    places: Sequence[Place]
    bends: Sequence[Bend]
    ways: Sequence[Sequence[int]]
    width: float
    height: float


def lay_out(sizes: Sequence[tuple[float, float]], wires: Sequence[Wire]) -> Layout:
    """Lay out boxes of `sizes`, width and height, joined by `wires`, each of which leads to a box with a lower number.

    Takes time nearly linear in boxes and wires.
    """
    count = len(sizes)
    graph = layered(count, wires)
    layers = ordered(graph)
    before, after = neighbours(graph)
    heights = [*(height + _GAP for _, height in sizes), *[_STATION] * (len(graph.ranks) - count)]
    middles = [middle - _GAP / 2 for middle in placed(layers, heights, before, after)]
    between = [0] * (len(layers) + 1)
    cases = [0.0] * (len(layers) + 1)
    for hop in graph.hops:
        between[graph.ranks[hop.source]] += 1
        if hop.kind == _CASE:
            cases[graph.ranks[hop.source]] = _CASES
    left: list[float] = []
    widest: list[float] = []
    x = 0.0
    for rank, layer in enumerate(layers):
        left.append(x)
        widest.append(max((sizes[node][0] for node in layer if node < count), default=0.0))
        x += widest[rank] + _BETWEEN + min(_MORE * between[rank], _MOST) + cases[rank]
    ranks = graph.ranks
    bends = []
    for source, target, kind in graph.hops:
        end = left[ranks[source]] + widest[ranks[source]]
        begin = left[ranks[source]] + sizes[source][0] if source < count else end
        next = left[ranks[target]]
        beyond = next if target < count else next + widest[ranks[target]]
        node = target if target < count else -1
        bends.append(Bend(begin, middles[source], end, next, middles[target], beyond, kind, node))
    places = [Place(left[ranks[node]], middles[node] - sizes[node][1] / 2) for node in range(count)]
    width = max((place.x + size[0] for place, size in zip(places, sizes, strict=True)), default=0.0)
    bottom = (
        max((middle + height / 2 for middle, height in zip(middles, heights, strict=True)), default=_GAP) - _GAP / 2
    )
    return Layout(places, bends, graph.ways, width, bottom)
