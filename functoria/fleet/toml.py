"""TOML files with the places of keys, tables and values, including those in lists.

Python's tomllib gives the values in a file, but not their places. A file that it accepts is well formed, so one pattern for each
kind of token is enough to find the places.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from attr import field, frozen

from functoria.errors import ConfigError
from functoria.location import Location
from functoria.span import Span

Steps = tuple[str | int, ...]
"""The way to a value: the names of tables and keys, and numbers in lists, from 0."""

_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\"]|\\.|"{1,2}(?!"))*"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^\\"\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]*|[^\s,\]}#]+")
"""A number, a boolean, or a time, which alone may contain a blank."""
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
"""The pattern for the place in tomllib's messages."""


class _Part(NamedTuple):
    """A piece of the text."""

    start: int
    end: int


@frozen
class Toml:
    """The content of a TOML file, with places."""

    path: Path
    data: Mapping[str, Any]
    _text: str = field(repr=False)
    _keys: Mapping[Steps, _Part] = field(repr=False)
    _values: Mapping[Steps, _Part] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Toml:
        """Read the file at `path`. Raises ConfigError, with the place of the mistake."""
        content, text = b"", ""
        try:
            content = path.read_bytes()
            text = content.decode()
            data = tomllib.loads(text)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise _wrong(path, "it is not UTF-8, as TOML must be", Location(str(path.absolute()), line)) from error
        except tomllib.TOMLDecodeError as error:
            raise _wrong(
                path, f"it is not TOML: {_AT.sub('', str(error))}", _of_error(path, text, str(error))
            ) from error
        except RecursionError as error:
            raise _wrong(path, "it is nested too deep", Location(str(path.absolute()), 1)) from error
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else error
            raise ConfigError(f"the fleet {path} cannot be read: {said}", objects=[path]) from error
        places = _Places(text)
        return cls(path, data, text, places.keys, places.values)

    def at(self, *steps: str | int) -> Location:
        """Return the place of the value at `steps`, or of the nearest one around it; a table with a head is at its head."""
        return self._nearest(steps, self._values, self._keys)

    def at_key(self, *steps: str | int) -> Location:
        """Return the place of the key, or of the head of the table, at `steps`, or of the nearest one around it."""
        return self._nearest(steps, self._keys, self._values)

    def _nearest(self, steps: Steps, *places: Mapping[Steps, _Part]) -> Location:
        for length in range(len(steps), 0, -1):
            for each in places:
                if steps[:length] in each:
                    return _location(self.path, self._text, each[steps[:length]])
        return _location(self.path, self._text, _Part(0, 0))

    def wrong(self, what: str, at: Location, remedy: str = "") -> ConfigError:
        """Return the error for a mistake at a place."""
        return _wrong(self.path, what, at, remedy)


def _wrong(path: Path, what: str, at: Location, remedy: str = "") -> ConfigError:
    return ConfigError(f"the fleet {path}: {what}", objects=[path], locations=[at], remedy=remedy)


def _of_error(path: Path, text: str, message: str) -> Location:
    """Return the place in a message of tomllib, or that of the last visible character before it."""
    found = _AT.search(message)
    text = text.replace("\r\n", "\n")
    end = len(text)
    if found is not None and found[1] is not None:
        end = min(_lines(text, int(found[1]) - 1) + int(found[2]) - 1, len(text))
    if end < len(text) and not text[end].isspace():
        return _location(path, text, _Part(end, end + 1))
    seen = len(text[:end].rstrip())
    return _location(path, text, _Part(max(0, seen - 1), seen))


def _lines(text: str, number: int) -> int:
    """Return the offset of the line after the first `number` lines."""
    at = 0
    for _ in range(number):
        at = text.find("\n", at) + 1
    return at


def _location(path: Path, text: str, part: _Part) -> Location:
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    (line, column), (end_line, end_column) = (_position(text, starts, at) for at in part)
    span = Span(line, end_line, column, end_column) if part.end > part.start else None
    return Location(str(path.absolute()), line, span)


def _position(text: str, starts: list[int], at: int) -> tuple[int, int]:
    line = bisect_right(starts, at)
    return line, len(text[starts[line - 1] : at].encode())


class _Places:
    """Finds the keys and values of a text that tomllib accepts."""

    def __init__(self, text: str) -> None:
        self.keys: dict[Steps, _Part] = {}
        self.values: dict[Steps, _Part] = {}
        self._text = text
        self._at = 0
        self._tables: dict[Steps, int] = {}
        """The number of tables so far in each list of tables."""
        table: Steps = ()
        self._pass()
        while self._at < len(text):
            if text[self._at] == "[":
                table = self._head()
            else:
                self._pair(table)
            self._pass()

    def _pass(self, more: str = "") -> None:
        """Skip blanks and comments, then `more` if it follows, then blanks and comments again."""
        self._at = self._end(_GAP)
        if more and self._text.startswith(more, self._at):
            self._at += len(more)
            self._pass()

    def _end(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        return self._at if found is None else found.end()

    def _head(self) -> Steps:
        """Read the head of a table, and return its path."""
        several = self._text.startswith("[[", self._at)
        self._at += 2 if several else 1
        table: Steps = ()
        names = list(self._names())
        for number, (name, part) in enumerate(names, 1):
            table = (*table, name)
            self.keys.setdefault(table, part)
            last = number == len(names)
            if last and several:
                self._tables[table] = self._tables.get(table, 0) + 1
            if table in self._tables:
                table = (*table, self._tables[table] - 1)
                self.keys.setdefault(table, part)
        self._pass("]")
        self._pass("]")
        return table

    def _names(self) -> Iterator[tuple[str, _Part]]:
        """Read a key, and yield its names, which are joined by dots."""
        while True:
            self._pass()
            start = self._at
            quoted = self._text[start] in "\"'"
            self._at = self._end(_STRING if quoted else _BARE)
            name = self._text[start : self._at]
            yield (tomllib.loads(f"x = {name}")["x"] if quoted else name), _Part(start, self._at)
            self._pass()
            if not self._text.startswith(".", self._at):
                return
            self._at += 1

    def _pair(self, table: Steps) -> None:
        """Read a key and its value."""
        for name, part in list(self._names()):
            table = (*table, name)
            self.keys.setdefault(table, part)
        self._pass("=")
        self._value(table)

    def _value(self, steps: Steps) -> None:
        start = self._at
        match self._text[start]:
            case "[":
                self._at += 1
                self._pass()
                number = 0
                while self._text[self._at] != "]":
                    self._value((*steps, number))
                    self._pass(",")
                    number += 1
                self._at += 1
            case "{":
                self._at += 1
                self._pass()
                while self._text[self._at] != "}":
                    self._pair(steps)
                    self._pass(",")
                self._at += 1
            case '"' | "'":
                self._at = self._end(_STRING)
            case _:
                self._at = self._end(_PLAIN)
        self.values[steps] = _Part(start, self._at)
        self._pass()
