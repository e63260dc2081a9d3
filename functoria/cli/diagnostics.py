"""Showing errors and warnings: what is wrong, and the places concerned, with the user's lines.

There are at most five lines of eighty columns, unless more are requested. Of tracebacks, only the user's frames are shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from functoria.cli.colour import Line, Piece
from functoria.cli.quotation import quotation
from functoria.errors import FunctoriaError
from functoria.loading.frames import Place, frames
from functoria.location import Location
from functoria.printable import shown

WIDTH = 80
"""The width of messages in columns, independent of the terminal so that messages are the same everywhere."""
MOST = 5
"""The maximal number of lines of an error, unless more are requested."""
_NAME = "functoria: "


def told(error: FunctoriaError, *, verbose: bool = False) -> Iterator[Line]:
    """Return the lines for `error`; with `verbose`, all places are quoted."""
    yield [Piece(error.message, "message")]
    for more in error.more:
        yield [Piece(f"  {more}")]
    rows = _rows(len(_NAME) + len(error.message)) + sum(_rows(2 + len(more)) for more in error.more)
    yield from _quoted(places(error), error.objects, sys.maxsize if verbose else MOST - rows, last=bool(_led(error)))


def remark(message: str, locations: Sequence[Location]) -> Iterator[Line]:
    """Return the lines for a warning, in the form of errors."""
    yield [Piece(shown(message), "message")]
    yield from _quoted([Place(each) for each in locations], (), MOST - _rows(len(_NAME) + 9 + len(message)))


def _rows(columns: int) -> int:
    return max(1, -(-columns // WIDTH))


def places(error: FunctoriaError) -> list[Place]:
    """Return the places that `error` concerns: the user's frames of its cause, its own locations, and the callers."""
    found: dict[Location, Place] = {}
    own, users = [Place(each) for each in error.locations], frames(error)
    for place in (*_led(error), *(own + users if error.placed else users + own)):
        found.setdefault(place.location, place)
    return list(found.values())


def _led(error: FunctoriaError) -> list[Place]:
    cause = error.__cause__
    return [] if cause is None or isinstance(cause, (FunctoriaError, SyntaxError)) else frames(cause)


def _quoted(places: Sequence[Place], objects: Sequence[object], rows: int, *, last: bool = False) -> Iterator[Line]:
    """Return lines for the first of `places` in at most `rows`, at least one, and with `last` the last place too."""
    many = len(places) > max(rows, 1)
    end = places[-1:] if many and last and rows > 2 else ()
    first = places[: max(1, rows - 1 - len(end))] if many else places
    for number, place in enumerate(first):
        yield from _line(place, objects, caret=not number and len(places) < rows)
    if many and rows > 1:
        yield [Piece(f"  … {len(places) - len(first) - len(end)} more: -v shows them", "place")]
    for place in end:
        yield from _line(place, objects, caret=False)


def _line(place: Place, objects: Sequence[object], *, caret: bool) -> Iterator[Line]:
    found = quotation(place.location, objects)
    if found is not None and found.line != place.location.line:
        place = Place(Location(place.location.file, found.line), place.within)
    head = f"  {place}"
    if found is None:
        yield [Piece(head, "place")]
        return
    text = found.clipped(WIDTH - len(head) - 2)
    yield [Piece(head, "place"), Piece("  "), Piece(text.text)]
    if caret and text.width:
        yield [Piece(" " * (len(head) + 2 + text.before)), Piece("^" * text.width, "caret")]
