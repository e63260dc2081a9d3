"""Showing errors and warnings: what is wrong, and the places concerned, with the user's lines.

There are at most five lines of the terminal's width, unless more are requested. Of tracebacks, only the user's frames are shown.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from functoria.cli.colour import Line, Piece
from functoria.cli.columns import USUAL, columns, wrapped
from functoria.cli.quotation import Quotation, quotation
from functoria.errors import FunctoriaError
from functoria.loading.frames import Place, frames
from functoria.location import Location, distinct
from functoria.printable import shown

MOST = 5
"""The maximal number of lines of an error, unless more are requested."""
_NAME = "functoria: "


class Paper(NamedTuple):
    """The output: the number of columns, and whether text is wrapped to them, as on a terminal."""

    width: int = USUAL
    wraps: bool = False


def told(error: FunctoriaError, paper: Paper, *, verbose: bool = False) -> Iterator[Line]:
    """Return the lines for `error`; with `verbose`, all places are quoted."""
    rows = [[Piece(_NAME, "error"), Piece(error.message, "message")], *([Piece(f"  {more}")] for more in error.more)]
    left = yield from _said_first(rows, paper)
    quoted = sys.maxsize if verbose else left
    yield from _quoted(places(error), error.objects, quoted, paper.width, last=bool(_led(error)))


def complaint(message: str, paper: Paper) -> Iterator[Line]:
    """Return the lines for a problem of which only the text is known."""
    yield from _said_first([[Piece(_NAME, "error"), Piece(message, "message")]], paper)


def remark(message: str, locations: Sequence[Location], paper: Paper, objects: Sequence[object] = ()) -> Iterator[Line]:
    """Return the lines for a warning, in the form of errors."""
    name = [Piece(_NAME, "warning"), Piece("warning: ", "warning")]
    left = yield from _said_first([[*name, Piece(shown(message), "message")]], paper)
    yield from _quoted([Place(each) for each in locations], objects, left, paper.width)


def _said_first(lines: Sequence[Line], paper: Paper) -> Generator[Line, None, int]:
    """Yield `lines`, and return how many of the rows are left for places."""
    rows = [row for line in lines for row in wrapped(line, paper.width)]
    yield from rows if paper.wraps else lines
    return MOST - len(rows)


def places(error: FunctoriaError) -> list[Place]:
    """Return the places that `error` concerns: the user's frames of its cause, its own locations, and the callers."""
    own, users = [Place(each) for each in error.locations], frames(error)
    order = [*_led(error), *(own + users if error.placed else users + own)]
    by_location = {id(place.location): place for place in reversed(order)}
    return [by_location[id(each)] for each in distinct(place.location for place in order)]


def _led(error: FunctoriaError) -> list[Place]:
    cause = error.__cause__
    return [] if cause is None or isinstance(cause, (FunctoriaError, SyntaxError)) else frames(cause)


def quoted(error: FunctoriaError, width: int, *, rows: int = MOST) -> Iterator[Line]:
    """Return the lines that quote the places that `error` concerns, in at most `rows` rows."""
    return _quoted(places(error), error.objects, rows, width)


class _Said(NamedTuple):
    """A place to be shown: its file and line number, the source line, and its marks."""

    head: str
    text: str
    marks: tuple[tuple[int, int], ...]
    """The marks: the columns before each, and its width."""

    def lines(self, marked: bool) -> Iterator[Line]:
        yield [Piece(self.head, "place"), Piece(f"  {self.text}" if self.text else "")]
        if marked and self.marks:
            row = " " * (columns(self.head) + 2)
            start = len(row)
            for before, wide in sorted(self.marks):
                row = row.ljust(start + before) + "^" * wide
            yield [Piece(row, "caret")]


def _quoted(
    places: Sequence[Place], objects: Sequence[object], rows: int, width: int, *, last: bool = False
) -> Iterator[Line]:
    """Return lines for the first of `places` in at most `rows`, at least one, and with `last` the last place too.

    Remaining rows are used for marks, from the first place on.
    """
    said = list(_said(places, objects, width))
    many = len(said) > max(rows, 1)
    end = said[-1:] if many and last and rows > 2 else []
    first = said[: max(1, rows - 1 - len(end))] if many else said
    marked = 0 if many else max(rows - len(said), 0)
    for each in first:
        yield from each.lines(marked > 0)
        marked -= bool(each.marks)
    if many and rows > 1:
        yield [Piece(f"  … {len(said) - len(first) - len(end)} more: -v shows them", "place")]
    for each in end:
        yield from each.lines(False)


def _said(places: Sequence[Place], objects: Sequence[object], width: int) -> Iterator[_Said]:
    """Return what to show for `places`; consecutive places on one line are joined if they fit."""
    found = [_read(place, objects) for place in places]
    for head, those in groupby(found, lambda each: each[0]):
        quotes = [quote for _, quote in those if quote is not None]
        room = width - columns(head) - 2
        at_once = _at_once(head, quotes, room)
        if at_once is not None:
            yield at_once
            continue
        for each in quotes:
            part = each.clipped(room)
            yield _Said(head, part.text, ((part.before, part.width),) if part.width else ())
        if not quotes:
            yield _Said(head, "", ())


def _at_once(head: str, quotes: Sequence[Quotation], room: int) -> _Said | None:
    """Join several expressions of one line; None unless there are several, and all fit into `room`."""
    if len(quotes) < 2:
        return None
    start = min(each.before for each in quotes)
    end = max(each.before + each.width for each in quotes)
    part = Quotation(quotes[0].line, quotes[0].text, start, end - start).clipped(room)
    if part.width < end - start:
        return None
    left = start - part.before
    return _Said(head, part.text, tuple((each.before - left, each.width) for each in quotes if each.width))


def _read(place: Place, objects: Sequence[object]) -> tuple[str, Quotation | None]:
    """Return the file and line number of `place` as text, and the source line."""
    found = quotation(place.location, objects)
    if found is not None and found.line != place.location.line:
        place = Place(Location(place.location.file, found.line), place.within)
    return f"  {place}", found
