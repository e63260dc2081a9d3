"""A diagram as a tree of lines: needed devices are below those that need them, each once, with a mark at other occurrences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from functoria.picture.diagram import Box, Diagram, Line, Role

_DEEPEST = 12
"""The maximal number of levels in a tree; deeper ones go into a tree of their own."""
_GUIDES: dict[Role, tuple[str, str]] = {
    "argument": ("├─ ", "└─ "),
    "dependency": ("├╌ ", "└╌ "),
    "branch": ("├◇ ", "└◇ "),
}


class Twig(NamedTuple):
    """A line of the tree: its guides, the case of a choice, the box, and whether it is needed more than once.

    `mark` tells where its own needs are drawn, if not here: `↑` above, `↓` in a separate tree below.
    """

    guide: str
    case: str
    box: Box
    shared: bool
    mark: str


def tree(diagram: Diagram) -> Iterator[Twig]:
    """Return the lines of the tree, from the root of `diagram`. Trees of what is too deep follow."""
    needs: list[list[Line]] = [[] for _ in diagram.boxes]
    users: list[set[int]] = [set() for _ in diagram.boxes]
    for line in diagram.lines:
        needs[line.source].append(line)
        users[line.target].add(line.source)
    drawn: set[int] = set()
    roots = [len(diagram.boxes) - 1]
    for root in roots:
        pending = [(root, "", "", "", 0)] if root not in drawn else []
        while pending:
            number, guide, below, case, depth = pending.pop()
            shared = len(users[number]) > 1
            mark = "↑" if number in drawn and needs[number] else "↓" if depth == _DEEPEST and needs[number] else ""
            yield Twig(guide, case, diagram.boxes[number], shared or bool(mark) or depth == 0 < len(drawn), mark)
            if mark == "↓":
                roots.append(number)
            if mark:
                continue
            drawn.add(number)
            last = len(needs[number]) - 1
            for place, line in reversed(list(enumerate(needs[number]))):
                lead = _GUIDES[line.role][place == last]
                under = "   " if place == last else "│  "
                pending.append((line.target, below + lead, below + under, line.label, depth + 1))
