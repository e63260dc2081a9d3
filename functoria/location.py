"""Locations: the lines of users' files where things were declared."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from functoria.printable import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functoria.span import Span

F = TypeVar("F", bound=Any)
_LIBRARIES = {"functoria", "attr"}
"""Top-level packages whose frames are skipped, in favour of the user's line that calls them."""
_DIRECTORIES = {os.path.dirname(os.path.abspath(__file__)) + os.sep}
"""The directories of their files."""
_ENTRIES: set[str] = set()
"""Packages whose frames end the search for a user's line."""
_PYTHON = os.path.dirname(os.__file__) + os.sep
"""The standard library's directory. Its frames are skipped too: contextlib and functools call users' functions."""


class Location:
    """A file, a line in it, counted from 1, and the expression in that line if Python knows it.

    Locations are equal if their expressions are. The expression is computed on first use; until then it is an instruction of
    compiled code.
    """

    __slots__ = ("_at", "_code", "_part", "file", "line")

    file: str
    line: int
    _code: CodeType | None
    _at: Any
    _part: int | str | None

    def __init__(self, file: str, line: int, span: Span | None = None, part: int | str | None = None) -> None:
        _set_file(self, file)
        _set_line(self, line)
        _set_code(self, None)
        _set_at(self, span)
        _set_part(self, part)

    @classmethod
    def of_code(cls, code: CodeType, instruction: int, line: int) -> Location:
        """Return the location, in `line`, of an instruction of `code`, given as a frame's `f_lasti`."""
        self = cls(code.co_filename, line)
        _set_code(self, code)
        _set_at(self, instruction)
        return self

    @classmethod
    def of_expression(cls, file: str, line: int, end_line: int, column: int, end_column: int) -> Location:
        """Return the location of the expression of `file` that has these lines and columns, counted as in `Span`."""
        self = cls(file, line)
        _set_at(self, (line, end_line, column, end_column))
        return self

    @property
    def span(self) -> Span | None:
        """The expression; None if only the line is known."""
        from functoria.span import Span

        if self._code is None:
            return None if self._at is None else Span(*self._at)
        found = _positions(self._code)
        line, end_line, column, end_column = found[self._at // 2] if 0 <= self._at // 2 < len(found) else (None,) * 4
        if line is None or end_line is None or column is None or end_column is None:
            return None
        return Span(line, end_line, column, end_column)

    @property
    def part(self) -> int | str | None:
        """If the expression is a call, the argument concerned: its number, from 1, or its name."""
        return self._part

    def of_part(self, part: int | str) -> Location:
        """Return this location with the argument `part` of the call, a number from 1 or a name."""
        copy = Location(self.file, self.line, part=part)
        _set_code(copy, self._code)
        _set_at(copy, self._at)
        return copy

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Location):
            return NotImplemented
        one, two = (self.file, self.line, self._part), (other.file, other.line, other._part)
        return self is other or (one == two and self.span == other.span)

    def __hash__(self) -> int:
        return hash((self.file, self.line))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Location is immutable: {name} cannot be set")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the expression, because code cannot be pickled."""
        return (Location, (self.file, self.line, self.span, self._part))

    def __repr__(self) -> str:
        return f"Location(file={self.file!r}, line={self.line})"

    def __str__(self) -> str:
        return f"{shown(_known(self.file))}:{self.line}"


def distinct(locations: Iterable[Location]) -> tuple[Location, ...]:
    """Return `locations` in order; of those in one line whose expressions overlap only the inner ones, or the first."""
    found: list[Location] = []
    lines: dict[tuple[str, int], list[int]] = {}
    for each in locations:
        of_line = lines.setdefault((each.file, each.line), [])
        known = next((number for number in of_line if not _apart(found[number], each)), None)
        if known is None:
            of_line.append(len(found))
            found.append(each)
        elif found[known].part is None and _exacter(each, found[known]):
            found[known] = each
    return tuple(found)


def _apart(one: Location, two: Location) -> bool:
    left, right = one.span, two.span
    return left is not None and right is not None and not (left.contains(right) or right.contains(left))


def _exacter(one: Location, two: Location) -> bool:
    inner, outer = one.span, two.span
    return inner is not None and (outer is None or (inner != outer and outer.contains(inner)))


_set_file, _set_line, _set_code, _set_at, _set_part = (
    vars(Location)[name].__set__ for name in ("file", "line", "_code", "_at", "_part")
)


@lru_cache(maxsize=8)
def _positions(code: CodeType) -> list[tuple[int | None, int | None, int | None, int | None]]:
    """Return the source lines and columns of each instruction."""
    return [(line, end, column, last) for line, end, column, last in code.co_positions()]


def _known(file: str) -> str:
    """Return the path of `file` relative to the working directory, or to where Python installs packages."""
    try:
        here = os.getcwd() + os.sep
    except FileNotFoundError:
        here = ""  # the working directory was removed
    if here and file.startswith(here):
        return file.removeprefix(here)
    for directory in _DIRECTORIES:
        if file.startswith(directory):
            return file.removeprefix(os.path.dirname(directory.rstrip(os.sep)) + os.sep)
    installed = file.rpartition(f"-packages{os.sep}")
    return installed[2] if installed[0] and installed[0].endswith(("site", "dist")) else file


def library(package: str) -> None:
    """Declare that the top-level package `package` is a library, not code of the user's.

    A catalogue of devices calls this once, so that errors point at the configuration that uses it.
    """
    _LIBRARIES.add(package)
    _forget()
    for directory in getattr(sys.modules.get(package), "__path__", ()):
        _DIRECTORIES.add(os.path.abspath(directory) + os.sep)


def entry(package: str) -> None:
    """Declare that `package` is a command line's entry point: no line of the user's is above its frames."""
    _ENTRIES.add(package)
    _forget()


def is_library(package: str) -> bool:
    """Return whether the top-level package `package` has been declared a library."""
    return package in _LIBRARIES


def in_library(location: Location) -> bool:
    """Return whether it is a line of a library, such as that of a device which a catalogue defines as a constant."""
    return location.file.startswith(tuple(_DIRECTORIES))


def is_own(file: str) -> bool:
    """Return whether the user wrote `file`: it is neither a library's, nor installed, nor Python's."""
    return not file.startswith(("<", _PYTHON, *_DIRECTORIES)) and not is_installed(file)


def is_installed(file: str) -> bool:
    """Return whether `file` belongs to an installed package other than this library and catalogues."""
    return any(f"{kind}-packages{os.sep}" in file for kind in ("site", "dist")) and not file.startswith(
        tuple(_DIRECTORIES)
    )


def here() -> Location | None:
    """Return the nearest line up the stack outside of all libraries, or of a library's module that is being imported.

    None if there is none, as within the command line itself. Must be called from a library.
    """
    frame = sys._getframe(1).f_back
    while frame is not None:
        code = frame.f_code
        kind = _kinds.get(id(code)) or _kind(frame)
        if kind is _LIBRARY:
            frame = frame.f_back
        elif kind is _USER:
            return _places.get((id(code), frame.f_lasti)) or _shared(code, frame)
        elif kind is _TOLD:
            place: Location = frame.f_locals["place"]
            return place
        else:
            break
    return None


_USER, _LIBRARY, _COMMAND, _TOLD = "user", "library", "command", "told"
_telling: set[CodeType] = set()


def telling(function: F) -> F:
    """Decorate `function`, which acts for a file that Python does not run: its argument `place` is the location there."""
    _telling.add(function.__code__)
    return function


_kinds: dict[int, str] = {}
"""The kind of each code object, by identity. A cache, because every new term looks at the frames above it."""
_codes: list[CodeType] = []
"""The code objects in `_kinds`, kept alive so that their identities are not reused."""


def is_of_user(frame: FrameType) -> bool:
    """Return whether `frame` runs code of the user's, not of a library, of Python or of the command line."""
    return _kind(frame) is _USER


def is_telling(frame: FrameType) -> bool:
    """Return whether `frame` runs for what is written in a file that Python does not run."""
    return frame.f_code in _telling


def _kind(frame: FrameType) -> str:
    """Return whose code `frame` runs. What a library's module makes while it is imported is located there."""
    code, module = frame.f_code, frame.f_globals.get("__name__", "")
    kind = _USER
    if code in _telling:
        kind = _TOLD
    elif module.startswith(tuple(_ENTRIES)):
        kind = _COMMAND
    elif (
        _generated(code)
        or _of_python(code.co_filename)
        or (module.partition(".")[0] in _LIBRARIES and code.co_name != "<module>")
    ):
        kind = _LIBRARY
    if len(_codes) > 4096:  # do not keep code that comes and goes, as in a notebook
        _forget()
    _codes.append(code)
    _kinds[id(code)] = kind
    return kind


def _forget() -> None:
    _kinds.clear()
    _codes.clear()


def _generated(code: CodeType) -> bool:
    """Whether attrs or dataclasses generated this `__init__`, which claims to be of the class's module."""
    return code.co_name == "__init__" and code.co_filename.startswith(("<attrs generated", "<string>"))


def _of_python(file: str) -> bool:
    return file.startswith(_PYTHON) and "-packages" not in file.removeprefix(_PYTHON)


_places: dict[tuple[int, int], Location] = {}
"""One object for each expression, because a loop makes many terms in one; by the identity of its code, which the object keeps."""


def _shared(code: CodeType, frame: FrameType) -> Location:
    if len(_places) > 1024:
        _places.clear()
    return _places.setdefault((id(code), frame.f_lasti), Location.of_code(code, frame.f_lasti, frame.f_lineno))
