"""Print trees and tables with rich: in the terminal's width and colours, elsewhere as plain text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from functoria.cli.colour import STYLES, Line, coloured
from functoria.cli.columns import width
from functoria.printable import shown

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_ENDLESS = 1 << 16
"""A width at which nothing is wrapped, for output that is not a terminal: programs read it."""


class Branch(NamedTuple):
    """A part of a tree: its lines, and the parts below it."""

    lines: Sequence[Line]
    below: Sequence[Branch] = ()


def say_tree(root: Branch) -> None:
    """Print a tree on standard output, with guide lines, in which long lines are wrapped on terminals."""
    from rich.tree import Tree

    tree = Tree(_text(root.lines), guide_style=STYLES["faint"] if coloured(sys.stdout) else "")
    pending = [(tree, each) for each in reversed(root.below)]
    while pending:
        above, branch = pending.pop()
        made = above.add(_text(branch.lines))
        pending += [(made, each) for each in reversed(branch.below)]
    _print(tree)


def say_table(rows: Iterable[Sequence[Line]]) -> None:
    """Print rows of cells on standard output, the cells of a column below each other."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    rows = list(rows)
    for _ in range(max(map(len, rows), default=0)):
        table.add_column(overflow="fold")  # a shortened name might no longer be unique
    for row in rows:
        table.add_row(*(_text([cell]) for cell in row))
    _print(table)


def _text(lines: Sequence[Line]) -> Text:
    from rich.text import Text

    text = Text()
    for number, line in enumerate(lines):
        text.append("\n" if number else "")
        for piece in line:
            text.append(shown(piece.text), STYLES.get(piece.style) or None)
    return text


def _print(what: RenderableType) -> None:
    console = _console()
    with console.capture() as printed:
        console.print(what, crop=False)
    for line in printed.get().removesuffix("\n").split("\n"):
        print(line.rstrip(" "))
    sys.stdout.flush()


def _console() -> Console:
    from rich.console import Console

    paints = coloured(sys.stdout)
    return Console(
        file=sys.stdout,
        color_system="standard" if paints else None,
        force_terminal=paints,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        width=width(sys.stdout) if sys.stdout.isatty() else _ENDLESS,
    )
