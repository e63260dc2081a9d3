"""Diagrams as SVG, laid out here: boxes, lines between them, and a legend, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from functoria import quote
from functoria.picture.diagram import ROLES, Box, Diagram, Role
from functoria.picture.layers import Wire
from functoria.picture.layout import Bend, Layout, Place, lay_out

_COLUMN, _SMALL = 7.5, 6.3
"""The widths of a character of a title, and of a note."""
_SIDE = 13.0
_LOW, _HIGH = 30.0, 44.0
"""The heights of a box with a title, and with a note besides."""
_MARGIN = 16.0
_LEGEND = 34.0
_WIDEST = 64
"""The maximal number of columns to show of a text."""
_TIP = 7.0
_APART = 5.0
"""The distance between the ends of lines of two kinds to one box."""
LEGEND: tuple[tuple[Role, str], ...] = (
    ("argument", "argument of a functor"),
    ("dependency", "starts before it"),
    ("branch", "branch of a choice"),
)


def svg(diagram: Diagram) -> str:
    """Return `diagram` as an SVG document, which looks the same within a page of HTML."""
    layout = laid_out(diagram)
    legend = [each for each in LEGEND if any(line.role == each[0] for line in diagram.lines)]
    width = max(layout.width + 2 * _MARGIN, 200.0 * len(legend) + 2 * _MARGIN)
    height = layout.height + 2 * _MARGIN + _LEGEND * bool(legend)
    size = f'width="{_n(width)}" height="{_n(height)}" viewBox="0 0 {_n(width)} {_n(height)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="functoria-picture" role="img" {size}>'
    title = quote.xml(f"The devices of {diagram.title}, and what each needs")
    body = [
        f"<title>{title}</title>",
        f"<style>\n{style()}</style>",
        f'<rect class="ground" width="{_n(width)}" height="{_n(height)}"/>',
        f'<g transform="translate({_n(_MARGIN)} {_n(_MARGIN)})">',
        *_lines(diagram, layout),
        *(_box(box, place) for box, place in zip(diagram.boxes, layout.places, strict=True)),
        "</g>",
        *_legend(legend, layout.height + 2 * _MARGIN),
    ]
    return "\n".join([head, *body, "</svg>"]) + "\n"


@cache
def style() -> str:
    """Return the style sheet of pictures."""
    return files("functoria.picture").joinpath("picture.css").read_text("utf-8")


def laid_out(diagram: Diagram) -> Layout:
    """Lay `diagram` out."""
    wires = [Wire(line.source, line.target, ROLES.index(line.role)) for line in diagram.lines]
    return lay_out([size(box) for box in diagram.boxes], list(dict.fromkeys(wires)))


def size(box: Box) -> tuple[float, float]:
    """Return the width and height of `box`."""
    title, note = (columns(clipped(text)) for text in (box.title, box.note))
    wide = max(title * _COLUMN, note * _SMALL) + 2 * _SIDE
    return float(int(wide + 0.5)), _HIGH if box.note else _LOW


def columns(text: str) -> int:
    """Return how many columns `text` takes at most: two for a character that is wide in some scripts."""
    return sum(2 if ord(char) >= 0x1100 else 1 for char in text)


def clipped(text: str) -> str:
    """Return the beginning of `text` if it is long."""
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def shape(bend: Bend) -> str:
    """Return the path of a part of a line: a curve, and at a station a straight line through it."""
    end = bend.x2 - _TIP if bend.target >= 0 else bend.x2
    y = _end(bend)
    middle = (bend.x1 + end) / 2
    curve = f"C{_n(middle)} {_n(bend.y0)} {_n(middle)} {_n(y)} {_n(end)} {_n(y)}"
    before = f"H{_n(bend.x1)}" if bend.x1 > bend.x0 else ""
    beyond = f"H{_n(bend.x3)}" if bend.target < 0 else ""
    return f"M{_n(bend.x0)} {_n(bend.y0)}{before}{curve}{beyond}"


def tip(bend: Bend) -> str:
    """Return the path of the arrow's head where a line ends."""
    return _tip(bend.x2, _end(bend), bend.kind)


def _tip(x: float, y: float, kind: int) -> str:
    return f"M{_n(x - _TIP)} {_n(y - 4)}L{_n(x)} {_n(y)}L{_n(x - _TIP)} {_n(y + 4)}" + "Z" * (kind != 1)


def _end(bend: Bend) -> float:
    """Return the height at which a part of a line ends: at a box there is one for each kind."""
    return bend.y2 + _APART * (bend.kind - 0.5) if bend.target >= 0 else bend.y2


def _lines(diagram: Diagram, layout: Layout) -> Iterator[str]:
    tips: dict[tuple[int, int], str] = {}
    for bend in layout.bends:
        yield f'<path class="line {ROLES[bend.kind]}" d="{shape(bend)}"/>'
        if bend.target >= 0:
            tips.setdefault((bend.target, bend.kind), f'<path class="tip {ROLES[bend.kind]}" d="{tip(bend)}"/>')
    yield from tips.values()
    said: dict[tuple[int, int], list[str]] = {}
    for line in diagram.lines:
        if line.label:
            said.setdefault((line.source, line.target), []).append(line.label)
    for (_, target), labels in said.items():
        place = layout.places[target]
        text = quote.xml(clipped(", ".join(labels)))
        yield f'<text class="case" x="{_n(place.x - 10)}" y="{_n(place.y + 8)}">{text}</text>'


def _box(box: Box, place: Place) -> str:
    wide, high = size(box)
    x, y = place
    title = quote.xml(clipped(box.title))
    lines = [f'<text class="title" x="{_n(x + _SIDE)}" y="{_n(y + 19.5)}">{title}</text>']
    if box.note:
        lines.append(f'<text class="note" x="{_n(x + _SIDE)}" y="{_n(y + 35)}">{quote.xml(clipped(box.note))}</text>')
    whole = quote.xml(f"{box.title} {box.note}".strip())
    return f'<g class="box {box.kind}"><title>{whole}</title>{outline(box, x, y, wide, high)}{"".join(lines)}</g>'


def outline(box: Box, x: float, y: float, wide: float, high: float) -> str:
    """Return the outline of `box`: choices have pointed sides."""
    if box.kind == "choice":
        left, right, middle, bottom = x, x + wide, y + high / 2, y + high
        points = [
            (left, middle),
            (left + 9, y),
            (right - 9, y),
            (right, middle),
            (right - 9, bottom),
            (left + 9, bottom),
        ]
        return f'<polygon points="{" ".join(f"{_n(one)},{_n(two)}" for one, two in points)}"/>'
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" rx="{15 if box.kind == "application" else 6}"/>'


def _legend(entries: list[tuple[Role, str]], y: float) -> Iterator[str]:
    for number, (role, text) in enumerate(entries):
        x = _MARGIN + 200 * number
        yield f'<path class="line {role}" d="M{_n(x)} {_n(y + 8)}H{_n(x + 30)}"/>'
        yield f'<path class="tip {role}" d="{_tip(x + 37, y + 8, ROLES.index(role))}"/>'
        yield f'<text class="legend" x="{_n(x + 44)}" y="{_n(y + 12)}">{quote.xml(text)}</text>'


def _n(number: float) -> str:
    """Return `number` with at most one digit after the point."""
    return f"{number:.1f}".removesuffix(".0")
