"""Short descriptions of a set of points: a disjunction of conjunctions, each of which allows some values at each place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, permutations

_ORDERS = 24
"""The number of orders of places to try for a box among few points; fewer are tried among many."""
_FEW = 64

Point = tuple[int, ...]
"""A value for each place."""
Box = tuple[frozenset[int], ...]
"""The values allowed at each place."""


def cover(sizes: Sequence[int], inside: Sequence[Point], outside: Sequence[Point]) -> tuple[Box, ...]:
    """Return few large boxes that together hold all points `inside` and none of those `outside`.

    `sizes` are the numbers of values at each place. Points in neither may be in a box or not. No box could be left out, and
    none could allow everything at one more place.
    """
    space = _Space(sizes, inside, outside)
    left = space.inside
    boxes: list[int] = []
    while left:
        best = max(space.around(left[0]), key=lambda box: (_held(left, box), space.free(box)))
        boxes.append(best)
        left = [point for point in left if point & ~best]
    # With fewer values in one position a box may have room for all in another, and then contain what others were needed for.
    tightened = [space.widened(box) for box in space.tightened(space.needed(boxes))]
    return tuple(space.decoded(box) for box in space.needed(tightened))


def _held(points: Sequence[int], box: int) -> int:
    return sum(not point & ~box for point in points)


class _Space:
    """Points and boxes as numbers, with a bit for each value of each place."""

    def __init__(self, sizes: Sequence[int], inside: Sequence[Point], outside: Sequence[Point]) -> None:
        self._starts = [sum(sizes[:place]) for place in range(len(sizes))]
        self._sizes = sizes
        self._full = [((1 << size) - 1) << start for start, size in zip(self._starts, sizes, strict=True)]
        self.inside = [self._encoded(point) for point in inside]
        self._outside = [self._encoded(point) for point in outside]
        self._orders = max(1, _ORDERS * _FEW // max(_FEW, len(inside) + len(outside)))

    def _encoded(self, point: Point) -> int:
        return sum(1 << start + value for start, value in zip(self._starts, point, strict=True))

    def decoded(self, box: int) -> Box:
        return tuple(
            frozenset(value for value in range(size) if box >> start + value & 1)
            for start, size in zip(self._starts, self._sizes, strict=True)
        )

    def free(self, box: int) -> int:
        """Return at how many places `box` allows everything."""
        return sum(box & full == full for full in self._full)

    def around(self, point: int) -> Iterator[int]:
        """Yield boxes around `point`, as large as they can be, for several orders in which places are widened."""
        for order in islice(permutations(range(len(self._sizes))), self._orders):
            box = self.widened(point, order)
            for place in order:
                for value in range(self._sizes[place]):
                    wider = box | 1 << self._starts[place] + value
                    # A value that no point needs would only make the description longer.
                    if wider != box and self._may(wider) and _held(self.inside, wider) > _held(self.inside, box):
                        box = wider
            yield box

    def widened(self, box: int, order: Sequence[int] | None = None) -> int:
        """Return `box` with everything allowed at each place where it may be, in the order of places given."""
        for place in range(len(self._sizes)) if order is None else order:
            if self._may(box | self._full[place]):
                box |= self._full[place]
        return box

    def _may(self, box: int) -> bool:
        return all(point & ~box for point in self._outside)

    def needed(self, boxes: Sequence[int]) -> list[int]:
        """Return `boxes` without those whose points are all in others."""
        counts = [sum(not point & ~box for box in boxes) for point in self.inside]
        kept = []
        for box in boxes:
            held = [number for number, point in enumerate(self.inside) if not point & ~box]
            if all(counts[number] > 1 for number in held):
                for number in held:
                    counts[number] -= 1
            else:
                kept.append(box)
        return kept

    def tightened(self, boxes: Sequence[int]) -> list[int]:
        """Return `boxes` without values that others cover, if that makes the description shorter."""
        counts = {point: sum(not point & ~box for box in boxes) for point in self.inside}
        found = []
        for box in boxes:
            held = [point for point in self.inside if not point & ~box]
            for place, full in enumerate(self._full):
                alone = 0
                for point in held:
                    alone |= point & full if counts[point] == 1 else 0
                if box & full != full and self._length(alone, place) < self._length(box & full, place):
                    box = box & ~full | alone
                    for point in held:
                        counts[point] -= bool(point & ~box)
                    held = [point for point in held if not point & ~box]
            found.append(box)
        return found

    def _length(self, values: int, place: int) -> int:
        return min(values.bit_count(), self._sizes[place] - values.bit_count())
