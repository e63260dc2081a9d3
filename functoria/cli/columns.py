"""Columns of a terminal: their number, the width of text, and fitting text into them."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from typing import TextIO

from functoria.cli.colour import Line, Piece

USUAL = 80
"""The width for output that is not a terminal, so that it is the same everywhere."""
_LEAST, _MOST = 40, 200
_INDENT = "    "
"""The indentation of continuation lines of wrapped text."""


def width(stream: TextIO) -> int:
    """Return how many columns to print on `stream`: those of the terminal, within 40 and 200, or 80 if it is not one."""
    try:
        found = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else USUAL
    except (OSError, ValueError):
        found = USUAL
    return min(max(found or USUAL, _LEAST), _MOST)


def columns(text: str) -> int:
    """Return how many columns `text` takes: two for each wide character, none for combining ones."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def cut(text: str, taken: int) -> tuple[str, int]:
    """Cut the first `taken` columns off `text`, and return the rest and how many were cut off."""
    gone = at = 0
    while gone < taken and at < len(text):
        gone += columns(text[at])
        at += 1
    return text[at:], gone


def fitting(text: str, room: int) -> str:
    """Return as much of the beginning of `text` as fits into `room` columns."""
    used = 0
    for at, char in enumerate(text):
        used += columns(char)
        if used > room:
            return text[:at]
    return text


def wrapped(line: Line, width: int) -> Iterator[Line]:
    """Return the lines that `line` takes in `width` columns, broken between words. A longer word has a line of its own."""
    row: list[Piece] = []
    used = 0
    for piece in line:
        for number, word in enumerate(piece.text.split(" ")):
            blank = " " * (number > 0)
            if row and number and used + 1 + columns(word) > width and used > len(_INDENT):
                yield row
                row, used, blank = [Piece(_INDENT)], len(_INDENT), ""
            more = blank + word
            if row and row[-1].style == piece.style:
                more = row.pop().text + more
            row.append(Piece(more, piece.style))
            used += columns(blank + word)
    yield row
