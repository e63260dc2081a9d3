"""Layers of a drawing: each node right of all that need it, and stations where long lines pass the layers between.

The first step of the method of Sugiyama, Tagawa and Toda (1981). All lines of a kind to one node share their stations: lines that
lead to the same place can run together without becoming ambiguous, and a picture has about as many stations as lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_ROOM = 4
"""The maximal number of stations for each node and line. Lines without room for stations are drawn across the layers."""
_SPARE = 2000
"""The number of stations allowed in addition."""


class Wire(NamedTuple):
    """A line between nodes: its ends, by their numbers, and the number of its kind."""

    source: int
    target: int
    kind: int


class Layered(NamedTuple):
    """Nodes and stations, each in a layer; `hops` are the parts of lines from one layer to the next, without repetition."""

    ranks: Sequence[int]
    """The layer of each node, then of each station."""
    hops: Sequence[Wire]
    ways: Sequence[Sequence[int]]
    """The numbers of the hops of each line, in order."""


def layered(count: int, wires: Sequence[Wire]) -> Layered:
    """Put the nodes 0 to `count` - 1 in layers. Lines lead to lower numbers, as from a device to what it needs."""
    ranks = _ranks(count, wires)
    longest = _longest(count, wires, ranks)
    stations: dict[tuple[int, int, int], int] = {}
    numbers: dict[Wire, int] = {}
    ways: list[list[int]] = []
    for wire in wires:
        way: list[int] = []
        at = wire.source
        if ranks[wire.target] - ranks[wire.source] <= longest:
            for rank in range(ranks[wire.source] + 1, ranks[wire.target]):
                station = stations.get((wire.target, wire.kind, rank))
                if station is None:
                    station = stations[wire.target, wire.kind, rank] = len(ranks)
                    ranks.append(rank)
                way.append(numbers.setdefault(Wire(at, station, wire.kind), len(numbers)))
                at = station
        way.append(numbers.setdefault(Wire(at, wire.target, wire.kind), len(numbers)))
        ways.append(way)
    return Layered(ranks, tuple(numbers), ways)


def _ranks(count: int, wires: Sequence[Wire]) -> list[int]:
    """Return the layer of each node: one more than the last of those that need it, or nearer to what it needs itself."""
    needs: list[list[int]] = [[] for _ in range(count)]
    users = [0] * count
    for wire in wires:
        needs[wire.source].append(wire.target)
        users[wire.target] += 1
    ranks = [0] * count
    for node in range(count - 1, -1, -1):
        for need in needs[node]:
            ranks[need] = max(ranks[need], ranks[node] + 1)
    for node in range(count):
        if len(needs[node]) > users[node] > 0:  # this shortens more lines than it lengthens
            ranks[node] = min(ranks[need] for need in needs[node]) - 1
    return ranks


def _longest(count: int, wires: Sequence[Wire], ranks: Sequence[int]) -> int:
    """Return how many layers a line may pass through by stations, so that there is room for all stations."""
    room = _ROOM * (count + len(wires)) + _SPARE
    spans: dict[int, int] = {}
    for wire in wires:
        span = ranks[wire.target] - ranks[wire.source]
        spans[span] = spans.get(span, 0) + 1
    longest = 1
    for span in sorted(spans):
        room -= (span - 1) * spans[span]
        if room < 0:
            break
        longest = max(longest, span)
    return longest
