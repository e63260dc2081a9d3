"""Descriptions of sets of points are exact, and none of their parts could be left out."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functoria.plan.cover import cover


@st.composite
def tables(draw: st.DrawFn) -> Any:
    sizes = draw(st.lists(st.integers(1, 4), max_size=4))
    points = list(product(*map(range, sizes)))
    return sizes, {point: draw(st.sampled_from([True, False, None])) for point in points}


@given(tables())
def test_a_cover_is_exact_and_has_nothing_in_vain(table: Any) -> None:
    sizes, wanted = table
    inside = [point for point, there in wanted.items() if there]
    outside = [point for point, there in wanted.items() if there is False]
    boxes = cover(sizes, inside, outside)

    def held(point: Any, those: Any) -> bool:
        return any(all(value in allowed for value, allowed in zip(point, box, strict=True)) for box in those)

    assert all(held(point, boxes) for point in inside)
    assert not any(held(point, boxes) for point in outside)
    for box in boxes:
        assert not all(held(point, [other for other in boxes if other is not box]) for point in inside)
        for place, allowed in enumerate(box):
            wider = (*box[:place], frozenset(range(sizes[place])), *box[place + 1 :])
            assert len(allowed) == sizes[place] or any(held(point, [wider]) for point in outside)
