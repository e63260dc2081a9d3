"""Quoting lines of users' files in errors, with the expression concerned."""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Iterator, Sequence

from attr import frozen

from functoria.cli.columns import columns, cut, fitting
from functoria.location import Location
from functoria.printable import shown
from functoria.span import Span

_LEAST = 20
"""The minimal width of a quoted line, in columns, however long the location before it is."""
_LITERALS = (str, int, float, bytes)


@frozen
class Quotation:
    """A line of a file, and the position of the expression concerned."""

    line: int
    text: str
    before: int
    """The number of columns left of the expression."""
    width: int
    """The width of the expression in columns; 0 if it is not known."""

    def clipped(self, room: int) -> Quotation:
        """Return the part of the line around the expression that fits into `room` columns."""
        room = max(room, _LEAST)
        if columns(self.text) <= room:
            return self
        if self.before + self.width < room:
            start = 0
        elif self.width <= room - 2:  # as much of the text before it as fits without cutting it
            start = self.before + self.width - room + 2
        else:  # from the beginning of the line, if it starts early enough
            start = 0 if self.before + _LEAST // 2 < room else self.before - room // 3
        kept, left = self.text, 0
        if start:
            kept, left = cut(self.text, start + 1)
            kept, left = f"…{kept}", left - 1
        if columns(kept) > room:
            kept = f"{fitting(kept, room - 1)}…"
        before = self.before - left
        return Quotation(self.line, kept, before, max(0, min(self.width, room - before)))


def quotation(location: Location, objects: Sequence[object] = ()) -> Quotation | None:
    """Quote the file at `location`; None if it cannot be read, or has changed.

    In a call, the expression is the argument given by the location, or the one written like one of `objects`.
    """
    linecache.checkcache(location.file)
    lines = linecache.getlines(location.file) or _undecoded(location.file)
    span = location.span
    if span is not None and 1 <= span.line <= span.end_line <= len(lines):
        span = _narrowed(lines, span, location.part, objects)
    number = location.line if span is None else span.line
    if not 1 <= number <= len(lines):
        return None
    raw = lines[number - 1].rstrip("\n").encode("utf-8", "surrogatepass")
    text = raw.decode("utf-8", "surrogatepass")
    indent = len(text) - len(text.lstrip())
    start = len(text[:indent].encode("utf-8", "surrogatepass"))
    whole = _said(text.strip())
    if not whole:
        return None
    if span is None or span.column > len(raw):
        return Quotation(number, whole, 0, 0)
    end = span.end_column if span.end_line == span.line else len(text.rstrip().encode("utf-8", "surrogatepass"))
    before = _said(raw[start : span.column].decode("utf-8", "replace"))
    within = _said(raw[span.column : end].decode("utf-8", "replace"))
    wide = columns(within) or (
        span.column >= len(text.rstrip().encode("utf-8", "surrogatepass"))
    )  # just after the line
    return Quotation(number, whole, columns(before), int(wide))


def _undecoded(file: str) -> list[str]:
    """Return the lines of a file that Python's encodings do not fit, with its odd bytes as escapes."""
    try:
        with open(file, encoding="utf-8", errors="backslashreplace") as opened:
            return opened.readlines()
    except (OSError, ValueError):
        return []


def _said(text: str) -> str:
    return shown(text.replace("\t", " "))


def _narrowed(lines: Sequence[str], span: Span, part: int | str | None, objects: Sequence[object]) -> Span:
    """Return the span of the argument concerned, if the expression has one."""
    text = _segment(lines, span)
    try:
        tree = ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError:  # a statement, such as an import
        if re.match(r"@|class\b|(async\s+)?def\b", text):
            return Span(span.line, span.line, span.column, len(lines[span.line - 1].rstrip().encode()))
        return _word(lines, span, objects)
    except (ValueError, RecursionError, MemoryError):
        return span
    node = _argument(tree, part) if part is not None else _literal(tree, objects)
    if node is None or node.end_lineno is None or node.end_col_offset is None:
        return span
    return Span(
        span.line + node.lineno - 1,
        span.line + node.end_lineno - 1,
        _column(span, node.lineno, node.col_offset),
        _column(span, node.end_lineno, node.end_col_offset),
    )


def _word(lines: Sequence[str], span: Span, objects: Sequence[object]) -> Span:
    """Return the span of the last of `objects` that occurs exactly once as a word in the lines of `span`."""
    text = next((each for each in reversed(objects) if isinstance(each, str) and each.isidentifier()), None)
    if text is None or len(lines) < span.end_line:
        return span
    found = [
        Span(number, number, *(len(line[:at].encode("utf-8", "surrogatepass")) for at in match.span()))
        for number, line in enumerate(lines[span.line - 1 : span.end_line], span.line)
        for match in re.finditer(rf"\b{text}\b", line)
    ]
    return found[0] if len(found) == 1 else span


def _segment(lines: Sequence[str], span: Span) -> str:
    encoded = [line.encode("utf-8", "surrogatepass") for line in lines[span.line - 1 : span.end_line]]
    encoded[-1] = encoded[-1][: span.end_column]
    encoded[0] = encoded[0][span.column :]
    return b"".join(encoded).decode("utf-8", "replace")


def _column(span: Span, line: int, column: int) -> int:
    """Convert a column of the parsed expression, which has an added bracket, to one of the file."""
    return column - 1 + span.column if line == 1 else column


def _argument(tree: ast.expr, part: int | str) -> ast.expr | None:
    if isinstance(tree, ast.BinOp):
        return tree.right
    if not isinstance(tree, ast.Call):
        return None
    if isinstance(part, str):
        return next((each.value for each in tree.keywords if each.arg == part), None)
    before = tree.args[: part - 1]
    starred = any(isinstance(each, ast.Starred) for each in tree.args[:part])
    return None if starred or len(before) < part - 1 or len(tree.args) < part else tree.args[part - 1]


def _literal(tree: ast.expr, objects: Sequence[object]) -> ast.expr | ast.keyword | None:
    wanted = [each for each in objects if type(each) in _LITERALS]
    found = [node for node in _constants(tree) if any(_same(node, each) for each in wanted)]
    if found:
        return found[0] if len(found) == 1 else None
    named = [
        each for node in ast.walk(tree) if isinstance(node, ast.Call) for each in node.keywords if each.arg in wanted
    ]
    return named[0] if len(named) == 1 else None


def _constants(tree: ast.expr) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.UnaryOp)):
            yield node


def _same(node: ast.expr, value: object) -> bool:
    try:
        written = ast.literal_eval(node)
    except (ValueError, TypeError):
        return False
    return type(written) is type(value) and written == value
