"""Descriptions of plans for people at a terminal: the devices as a tree, keys by section, libraries and packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from functoria.picture.diagram import ROLES, diagram
from functoria.picture.settings import DEFAULT, Setting, settings
from functoria.picture.tree import Twig, tree
from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.plan.plan import Plan

WIDTH = 100
"""The width of descriptions without a terminal, in columns."""
_LEAST = 40
_LONG = 40
"""The maximal number of characters to show of a folded value."""
_MEANINGS = {"argument": "├─ argument", "dependency": "├╌ starts before it", "branch": "├◇ branch of a choice"}


class Run(NamedTuple):
    """Text with the name of its style: heading, name, good, case or faint."""

    text: str
    style: str = ""


Row: TypeAlias = "Sequence[Run]"


def describe(plan: Plan, *, width: int = WIDTH, verbose: bool = False, origins: Mapping[str, str] | None = None) -> str:
    """Describe `plan` as text of `width` columns. See `described`."""
    rows = described(plan, width=width, verbose=verbose, origins=origins)
    return "".join("".join(run.text for run in row) + "\n" for row in rows)


def described(
    plan: Plan, *, width: int = WIDTH, verbose: bool = False, origins: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """Describe `plan` in rows of at most `width` columns, but no fewer than 40: its devices, keys, libraries and packages.

    The devices are a tree below the application. One that several need has a number, and is drawn at its first occurrence. Keys
    with their defaults are folded into one line, unless `verbose`. `origins` tells where given values come from.
    """
    width = max(width, _LEAST)
    yield from _devices(plan, width)
    yield []
    yield from _keys(settings(plan, origins), width, verbose)
    if not plan.undecided:
        yield []
        yield from _listed("Libraries", plan.libraries, width)
        yield []
        yield from _listed("Packages", [str(each) for each in plan.packages], width)


def _devices(plan: Plan, width: int) -> Iterator[Row]:
    drawing = diagram(plan)
    there = {line.role for line in drawing.lines}
    legend = "   ".join(_MEANINGS[role] for role in ROLES if role in there)
    yield [Run("Devices", "heading"), Run(f"  {len(drawing.boxes)}:  {legend}" if legend else "", "faint")]
    for twig in tree(drawing):
        yield _cut(_twig(twig), width)


def _twig(twig: Twig) -> Row:
    box = twig.box
    style = {"application": "heading", "own": "good", "choice": "case"}.get(box.kind, "name")
    number = f" #{box.number}{twig.mark and f' {twig.mark}'}" if twig.shared else ""
    kind = " a functor" if box.kind == "functor" else ""
    case = [Run(f"{twig.case}: ", "case")] if twig.case else []
    guide = twig.guide or "● "  # no text of the user's can imitate the beginning of these lines
    return [
        Run(f"  {guide}", "faint"),
        *case,
        Run(box.title, style),
        Run(f" {box.note}" if box.note else "", ""),
        Run(kind + number),
    ]


def _keys(found: Sequence[Setting], width: int, verbose: bool) -> Iterator[Row]:
    yield [Run("Keys", "heading")]
    unfolded = [each for each in found if verbose or each.origin != DEFAULT]
    names = min(max((len(shown(each.key.name)) for each in unfolded), default=0), width // 3)
    values = min(max((len(each.text) for each in unfolded), default=0), width // 3)
    for section in dict.fromkeys(each.key.docs for each in found):
        here = [each for each in found if each.key.docs == section]
        yield _cut([Run(f"  ▸ {shown(section)}", "faint")], width)
        for each in here:
            if each in unfolded:
                name = f"    {shown(each.key.name):<{names}}  "
                yield _cut([Run(name, "name"), Run(f"{each.text:<{values}}  "), Run(each.origin, "good")], width)
        folded = [f"{shown(each.key.name)}={_short(each.text)}" for each in here if each not in unfolded]
        if folded:
            yield from ([Run(line)] for line in _wrapped("    by default: ", folded, width))


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _listed(title: str, items: Iterable[str], width: int) -> Iterator[Row]:
    yield [Run(title, "heading")]
    yield from ([Run(line)] for line in _wrapped("  ", [shown(item) for item in items], width))


def _wrapped(head: str, items: Sequence[str], width: int) -> Iterator[str]:
    """Return lines of `items` with commas. An item is only broken, between words, if it is longer than a line."""
    from rich.cells import cell_len, chop_cells

    line, indent = head, " " * len(head)
    for number, item in enumerate(items):
        word = item + "," * (number < len(items) - 1)
        if line not in (head, indent) and cell_len(line + word) > width:
            yield line.rstrip()
            line = indent
        parts = [word] if cell_len(indent + word) <= width else word.split(" ")  # an item longer than a line
        for part in parts:
            if line not in (head, indent) and cell_len(line + part) > width:
                yield line.rstrip()
                line = indent
            first, *rest = chop_cells(part, width - len(indent)) or [""]
            for more in rest:
                yield line + first
                line, first = indent, more
            line += f"{first} "
    yield line.rstrip()


def _cut(row: Row, width: int) -> Row:
    """Return the beginning of `row` that fits into `width` columns."""
    from rich.cells import cell_len, set_cell_size

    if cell_len("".join(run.text for run in row)) <= width:
        return row
    room = width - 1
    kept: list[Run] = []
    for run in row:
        if cell_len(run.text) > room:
            return [*kept, Run(set_cell_size(run.text, room) + "…", run.style)]
        kept.append(run)
        room -= cell_len(run.text)
    return kept
