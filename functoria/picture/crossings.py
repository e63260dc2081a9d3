"""Order each layer so that few lines cross: the second step of Sugiyama's method.

Layers are sorted in turn by the mean position of their nodes' neighbours in the previous layer, forwards and backwards, and the
best order is kept.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from functoria.picture.layers import Layered

_SWEEPS = 12
_COUNTED = 4000
"""With more hops than this, crossings are not counted, and the last order is kept."""


def ordered(graph: Layered) -> list[list[int]]:
    """Return the nodes and stations of each layer in order."""
    before, after = neighbours(graph)
    layers: list[list[int]] = [[] for _ in range(max(graph.ranks, default=-1) + 1)]
    places = [0] * len(graph.ranks)
    for node in _first(graph, after):
        layers[graph.ranks[node]].append(node)
    for layer in layers:
        _place(layer, places)
    counted = len(graph.hops) <= _COUNTED
    best, fewest = layers, _crossings(layers, after, places) if counted else 0
    for sweep in range(_SWEEPS):
        if counted and not fewest:
            break
        forth = sweep % 2 == 0
        layers = [list(layer) for layer in layers]
        for layer in layers if forth else reversed(layers):
            _sort(layer, *((before, after) if forth else (after, before)), places)
        crossings = _crossings(layers, after, places) if counted else 0
        if not counted or crossings < fewest:
            best, fewest = layers, crossings
    return best


def neighbours(graph: Layered) -> tuple[list[list[int]], list[list[int]]]:
    """Return the neighbours of each node and station in the layers before, and in those after."""
    before: list[list[int]] = [[] for _ in graph.ranks]
    after: list[list[int]] = [[] for _ in graph.ranks]
    for source, target, _ in graph.hops:
        if graph.ranks[target] - graph.ranks[source] == 1:
            before[target].append(source)
            after[source].append(target)
    return before, after


def _first(graph: Layered, after: Sequence[Sequence[int]]) -> list[int]:
    """Return all nodes and stations in the order of a walk from the first layer, which keeps related ones together."""
    found: dict[int, None] = {}
    roots = sorted(range(len(graph.ranks)), key=lambda node: (graph.ranks[node], node))
    for root in roots:
        pending = [root]
        while pending:
            node = pending.pop()
            if node not in found:
                found[node] = None
                pending += reversed(after[node])
    return list(found)


def _place(layer: Sequence[int], places: list[int]) -> None:
    for place, node in enumerate(layer):
        places[node] = place


def mean(node: int, joined: Sequence[Sequence[int]], others: Sequence[Sequence[int]], places: Sequence[float]) -> float:
    """Return the mean of the `places` of the neighbours of `node`, whose own neighbours are `others`.

    Neighbours with few neighbours count most, so that a widely shared device does not draw its users together.
    """
    total = weight = 0.0
    for other in joined[node]:
        share = 1.0 / len(others[other])
        total += places[other] * share
        weight += share
    return total / weight


def _sort(
    layer: list[int], joined: Sequence[Sequence[int]], others: Sequence[Sequence[int]], places: list[int]
) -> None:
    """Sort `layer` by the mean position of the neighbours in `joined`; nodes without neighbours keep their places."""
    means = {node: mean(node, joined, others, places) for node in layer if joined[node]}
    sorted_ones = iter(sorted(means, key=lambda node: means[node]))
    layer[:] = [next(sorted_ones) if node in means else node for node in layer]
    _place(layer, places)


def _crossings(layers: Sequence[Sequence[int]], after: Sequence[Sequence[int]], places: list[int]) -> int:
    """Count the crossings between neighbouring layers, and set `places` to these layers'."""
    for layer in layers:
        _place(layer, places)
    total = 0
    for layer in layers:
        passed: list[int] = []
        for node in layer:
            ends = [places[other] for other in after[node]]
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total
