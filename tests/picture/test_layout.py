"""The layout of a picture: boxes do not overlap, lines go to the right, and the time is nearly linear."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from functoria.picture.layers import Wire, layered
from functoria.picture.layout import Layout, lay_out

Drawing = tuple[list[tuple[float, float]], list[Wire]]


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    sizes = draw(st.lists(st.tuples(st.integers(20, 300), st.sampled_from([30, 44])), min_size=1, max_size=25))
    number = st.integers(0, len(sizes) - 1)
    pairs = draw(st.lists(st.tuples(number, number, st.integers(0, 2)), max_size=60))
    wires = dict.fromkeys(Wire(max(one, two), min(one, two), kind) for one, two, kind in pairs if one != two)
    return [(float(wide), float(high)) for wide, high in sizes], list(wires)


@settings(deadline=None)
@given(drawings())
def test_no_boxes_overlap_and_all_are_inside(drawing: Drawing) -> None:
    sizes, wires = drawing
    layout = lay_out(sizes, wires)
    boxes = [(x, y, x + wide, y + high) for (x, y), (wide, high) in zip(layout.places, sizes, strict=True)]
    for one, two in combinations(boxes, 2):
        assert one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1], (one, two)
    assert min(box[0] for box in boxes) == 0
    for box in boxes:
        assert box[1] >= 0
        assert box[2] <= layout.width
        assert box[3] <= layout.height


@settings(deadline=None)
@given(drawings())
def test_each_line_leads_from_its_source_to_its_target(drawing: Drawing) -> None:
    sizes, wires = drawing
    layout = lay_out(sizes, wires)
    for wire, way in zip(wires, layout.ways, strict=True):
        bends = [layout.bends[number] for number in way]
        source, target = layout.places[wire.source], layout.places[wire.target]
        assert (bends[0].x0, bends[0].y0) == (source.x + sizes[wire.source][0], source.y + sizes[wire.source][1] / 2)
        assert (bends[-1].x2, bends[-1].y2) == (target.x, target.y + sizes[wire.target][1] / 2)
        assert [bend.target for bend in bends] == [-1] * (len(bends) - 1) + [wire.target]
        assert all(bend.kind == wire.kind for bend in bends)
        assert all(one.x3 == two.x0 and one.y2 == two.y0 for one, two in pairwise(bends))
        assert all(bend.x0 <= bend.x1 < bend.x2 <= bend.x3 for bend in bends)


@settings(deadline=None)
@given(drawings())
def test_the_same_drawing_is_laid_out_alike(drawing: Drawing) -> None:
    assert lay_out(*drawing) == lay_out(*drawing)


def size_of(layout: Layout) -> int:
    return len(layout.bends) + sum(map(len, layout.ways))


def test_what_is_drawn_is_linear_however_lines_run() -> None:
    """In a chain whose links are all needed by the root too, drawing all lines through all layers would be quadratic."""
    sizes = {}
    for count in (1000, 2000, 4000):
        chain = [Wire(number, number - 1, 0) for number in range(1, count)]
        wires = list(dict.fromkeys(chain + [Wire(count - 1, number, 1) for number in range(count - 1)]))
        graph = layered(count, wires)
        sizes[count] = len(graph.ranks) + len(graph.hops)
    assert sizes[4000] < 3 * sizes[2000] < 9 * sizes[1000]
    assert sizes[4000] < 10 * (4000 + 3 * 4000)


def test_a_chain_of_ten_thousand_is_one_row() -> None:
    count = 10_000
    layout = lay_out([(100.0, 30.0)] * count, [Wire(number, number - 1, 0) for number in range(1, count)])
    assert {place.y for place in layout.places} == {0}


def test_lines_that_need_not_cross_do_not() -> None:
    """There are ten pairs whose ends come in the opposite order."""
    wires = [Wire(20, 10 + number, 0) for number in range(10)] + [
        Wire(10 + number, 9 - number, 0) for number in range(10)
    ]
    layout = lay_out([(50.0, 30.0)] * 21, wires)
    order = sorted(range(10, 20), key=lambda number: layout.places[number].y)
    assert [19 - number for number in order] == sorted(range(10), key=lambda number: layout.places[number].y)
