"""Output fits the terminal: text is wrapped between words, and lines are quoted around their marks."""

from __future__ import annotations

import os
import pty
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria import foreign, job
from functoria.cli.colour import Piece
from functoria.cli.columns import columns, cut, fitting, width, wrapped
from functoria.cli.diagnostics import Paper, told
from functoria.cli.quotation import Quotation
from functoria.errors import FunctoriaError
from functoria.location import Location, distinct
from functoria.span import Span

TEXTS = st.text(st.sampled_from("ab é広\u0301-…"), max_size=120)


@given(TEXTS, st.integers(40, 200))
def test_a_text_is_wrapped_between_words(text: str, room: int) -> None:
    rows = ["".join(piece.text for piece in row) for row in wrapped([Piece("functoria: ", "error"), Piece(text)], room)]
    assert " ".join(row.removeprefix("    ") for row in rows) == f"functoria: {text}" or "  " in text
    for row in rows:
        assert columns(row) <= room or " " not in row.strip() or max(map(columns, row.split(" "))) > room - 15


@given(TEXTS, st.integers(0, 60))
def test_what_fits_and_what_is_cut_is_the_text(text: str, room: int) -> None:
    kept = fitting(text, room)
    assert text.startswith(kept)
    assert columns(kept) <= room
    rest, gone = cut(text, room)
    assert text.endswith(rest)
    assert columns(text) == gone + columns(rest)


@given(st.text(st.sampled_from("abc 広"), min_size=1, max_size=250), st.integers(24, 120), st.data())
def test_what_is_marked_stays_under_the_line(text: str, room: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    before, wide = columns(text[:start]), columns(text[start:end])
    part = Quotation(1, text, before, wide).clipped(room)
    assert columns(part.text) <= room + 1  # a wide character may be cut off
    assert part.before >= 0
    assert part.before + part.width <= room
    if wide <= room - 3 and "広" not in text:
        assert part.width == wide
        assert part.text[part.before : part.before + wide] == text[start:end]


def test_the_width_is_the_terminal_s_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert width(StringIO()) == 80
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        for there, used in ((0, 80), (20, 40), (80, 80), (123, 123), (1000, 200)):
            monkeypatch.setattr(os, "get_terminal_size", lambda handle, there=there: os.terminal_size((there, 24)))
            assert width(terminal) == used
    os.close(ours)


def test_two_expressions_of_one_line_are_two_places() -> None:
    one, two = foreign("A", job), foreign("B", job)
    assert one.location is not None
    assert two.location is not None
    assert one.location != two.location
    assert one.location.line == two.location.line
    assert distinct([one.location, two.location, one.location]) == (one.location, two.location)
    error = FunctoriaError("both", locations=[one.location, two.location])
    assert error.locations == (one.location, two.location)
    assert str(error).count("\n") == 1
    lines = ["".join(piece.text for piece in line) for line in told(error, Paper(200))]
    assert re.findall(r"\^+", lines[2]) == ["^" * len('foreign("A", job)')] * 2
    for mark, text in zip(re.finditer(r"\^+", lines[2]), ['foreign("A", job)', 'foreign("B", job)'], strict=True):
        assert lines[1][mark.start() : mark.end()] == text


NESTED = [(0, 12), (0, 5), (6, 12), (0, 2), (3, 5), (6, 8), (9, 12), (9, 10)]
"""Expressions on one line: any two are disjoint, or one is within the other."""
SPANS = st.sampled_from([None, *(Span(1, 1, start, end) for start, end in NESTED)])


@given(st.lists(st.builds(lambda line, span: Location("f", line, span), st.integers(1, 2), SPANS)))
def test_distinct_places_are_apart_and_none_is_lost(places: list[Location]) -> None:
    kept = distinct(places)
    assert distinct(kept) == kept
    assert {place.line for place in kept} == {place.line for place in places}
    for one in places:
        assert any(
            one.line == two.line
            and (one.span is None or two.span is None or one.span.contains(two.span) or two.span.contains(one.span))
            for two in kept
        )


def test_a_place_is_equal_to_itself_only() -> None:
    one = Location("f", 1, Span(1, 1, 0, 3))
    assert one == Location("f", 1, Span(1, 1, 0, 3))
    assert hash(one) == hash(Location("f", 1))
    assert one not in (Location("f", 1), Location("f", 1, Span(1, 1, 4, 6)), one.of_part(1), Location("g", 1), "f:1")


def test_a_message_is_wrapped_on_a_terminal_alone() -> None:
    error = FunctoriaError("word " * 40, locations=[Location("none.py", 1)])
    assert len(list(told(error, Paper(80)))) == 2
    rows = [columns("".join(piece.text for piece in line)) for line in told(error, Paper(80, wraps=True))]
    assert len(rows) == 4
    assert max(rows) <= 80


def test_the_remedy_is_data_of_an_error() -> None:
    error = FunctoriaError("it is wrong", remedy="do better")
    assert (error.message, error.problem, error.remedy) == ("it is wrong: do better", "it is wrong", "do better")
    error.remedy = "leave it"
    assert str(error).startswith("it is wrong: leave it")
    error.message = "it is something else"
    assert (error.message, error.remedy) == ("it is something else", "")
