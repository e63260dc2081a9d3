"""An unclosed bracket or string is found exactly where its end was removed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from functoria.ocaml.brackets import unclosed

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = [path.read_bytes() for path in sorted(ROOT.glob("configurations-*/**/*.ml"))]
PROGRAM = b'let x = f [ (1, "a)") ] {| ( |} (* [ "*)" *) \'(\' { y = [ 2 ] } (g [ h (i { j = 1 }) ])'
MEANT = [10, 12, 20, 22, 49, 55, 59, 61, 63, 66, 70, 73, 81, 82, 84, 85]
"""Return the places of the brackets that are not in strings, comments or characters."""


def test_nothing_is_said_of_programs() -> None:
    assert PROGRAMS
    assert [unclosed(program) for program in PROGRAMS] == [None] * len(PROGRAMS)


@given(depth=st.integers(1, 2000), left=st.integers(0, 1999))
def test_the_innermost_bracket_that_lacks_its_end_is_found(depth: int, left: int) -> None:
    closed = left % depth
    found = unclosed(b"(" * depth + b")" * closed)
    assert found is not None
    assert found.start == depth - closed - 1


@given(st.binary())
def test_any_bytes_are_looked_through(source: bytes) -> None:
    found = unclosed(source)
    assert found is None or 0 <= found.start < found.start + found.length <= len(source)


@given(st.sampled_from(MEANT))
def test_a_bracket_that_is_taken_out_is_missed(place: int) -> None:
    assert unclosed(PROGRAM) is None
    assert unclosed(PROGRAM[:place] + PROGRAM[place + 1 :]) is not None


def test_a_text_without_its_end_is_found_where_it_begins() -> None:
    found = unclosed(b'let a = "b\nlet c = "d"\n')
    assert found is not None
    assert found.start == 8
