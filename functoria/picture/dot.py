"""Diagrams in Graphviz's language."""

from __future__ import annotations

from collections.abc import Iterator

from functoria import quote
from functoria.picture.diagram import Diagram, Kind, Role

_SHAPES: dict[Kind, str] = {
    "application": "shape=box style=bold",
    "own": 'shape=box style="rounded,bold"',
    "device": "shape=box style=rounded",
    "functor": 'shape=box style="rounded,dashed"',
    "choice": "shape=diamond",
}
_LINES: dict[Role, str] = {"argument": "", "dependency": "style=dashed arrowhead=vee", "branch": "style=dotted"}


def dot(diagram: Diagram) -> str:
    """Return `diagram` in Graphviz's language: solid lines to arguments, dashed ones to dependencies, dotted ones to branches."""
    return "".join(f"{line}\n" for line in _lines(diagram))


def _lines(diagram: Diagram) -> Iterator[str]:
    yield f"digraph {quote.dot(diagram.title)} {{"
    yield '  rankdir=LR; node [fontname="monospace"]; edge [fontname="monospace"];'
    for box in diagram.boxes:
        label = quote.dot(*[box.title, *[box.note] * bool(box.note)])
        yield f"  {box.number} [label={label} {_SHAPES[box.kind]}];"
    for source, target, role, label in diagram.lines:
        given = " ".join(filter(None, [_LINES[role], f"label={quote.dot(label)}" if label else ""]))
        yield f"  {source} -> {target}{f' [{given}]' if given else ''};"
    yield "}"
