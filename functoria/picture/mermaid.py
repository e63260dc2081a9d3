"""Diagrams in the language of Mermaid, which GitHub and others render within Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from functoria import quote
from functoria.picture.diagram import Box, Diagram, Kind, Role

_SHAPES: dict[Kind, tuple[str, str]] = {
    "application": ("[[", "]]"),
    "own": ("([", "])"),
    "device": ("[", "]"),
    "functor": ("[/", "/]"),
    "choice": ("{{", "}}"),
}
_ARROWS: dict[Role, str] = {"argument": "-->", "dependency": "-.->", "branch": "--o"}


def mermaid(diagram: Diagram) -> str:
    """Return `diagram` as a flowchart of Mermaid: arrows to arguments, dotted ones to dependencies, circles at branches."""
    return "".join(f"{line}\n" for line in _lines(diagram))


def _lines(diagram: Diagram) -> Iterator[str]:
    yield "flowchart LR"
    for box in diagram.boxes:
        yield f"  n{box.number}{_shaped(box)}"
    for source, target, role, label in diagram.lines:
        yield f"  n{source} {_ARROWS[role]}{f'|{quote.mermaid(label)}|' if label else ''} n{target}"


def _shaped(box: Box) -> str:
    left, right = _SHAPES[box.kind]
    return f"{left}{quote.mermaid(*[box.title, *[box.note] * bool(box.note)])}{right}"
