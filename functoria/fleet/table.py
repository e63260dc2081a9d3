"""Tables that answer questions across a fleet, as JSON for programs and CSV for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attr import frozen

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""The first characters of text that spreadsheets would evaluate as a formula."""


@frozen
class Table:
    """Rows of cells, each text, a number, true or false, a list of texts, or None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
        """Make a table from rows, converting lists to tuples."""
        return cls(tuple(columns), tuple(map(tuple, rows)))

    def to_data(self) -> list[dict[str, Any]]:
        """Return the rows as plain data, cells by columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_csv(self) -> str:
        """Return the table as RFC 4180 defines CSV, with a header. Text that begins like a formula is prefixed with `'`."""
        import csv
        import io

        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(self.columns)
        writer.writerows([[_cell(text(cell)) for cell in row] for row in self.rows])
        return stream.getvalue()

    def texts(self) -> list[list[str]]:
        """Return the cells as text for people."""
        return [[text(cell) for cell in row] for row in self.rows]


def text(cell: Any) -> str:
    """Return a cell as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, (list, tuple)):
        return ", ".join(map(str, cell))
    return str(cell)


def _cell(said: str) -> str:
    return f"'{said}" if said.startswith(_FORMULA) else said
