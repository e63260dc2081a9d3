"""Spans: the extent of an expression in a file."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """An expression in a file: lines counted from 1, columns in bytes of UTF-8 from 0, the end exclusive."""

    line: int
    end_line: int
    column: int
    end_column: int

    def contains(self, other: Span) -> bool:
        """Return whether `other` is within this span, or equal to it."""
        start, end = (self.line, self.column), (self.end_line, self.end_column)
        return start <= (other.line, other.column) and (other.end_line, other.end_column) <= end
