"""Locations: the lines of users' files where things were declared."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from types import CodeType, FrameType
from typing import NamedTuple

from functoria.printable import shown

_LIBRARIES = {"functoria", "attr"}
"""Top-level packages whose frames are skipped, in favour of the user's line that calls them."""
_DIRECTORIES = {os.path.dirname(os.path.abspath(__file__)) + os.sep}
"""The directories of their files."""
_PYTHON = os.path.dirname(os.__file__) + os.sep
"""The standard library's directory. Its frames are skipped too: contextlib and functools call users' functions."""


class Location(NamedTuple):
    """A line of a file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        here = os.getcwd() + os.sep
        return f"{shown(self.file.removeprefix(here))}:{self.line}"


def library(package: str) -> None:
    """Declare that the top-level package `package` is a library, not code of the user's.

    A catalogue of devices calls this once, so that errors point at the configuration that uses it.
    """
    _LIBRARIES.add(package)
    _forget()
    for directory in getattr(sys.modules.get(package), "__path__", ()):
        _DIRECTORIES.add(os.path.abspath(directory) + os.sep)


def is_library(package: str) -> bool:
    """Return whether the top-level package `package` has been declared a library."""
    return package in _LIBRARIES


def in_library(location: Location) -> bool:
    """Return whether it is a line of a library, such as that of a device which a catalogue defines as a constant."""
    return location.file.startswith(tuple(_DIRECTORIES))


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
            return _shared(code.co_filename, frame.f_lineno)
        else:
            break
    return None


_USER, _LIBRARY, _COMMAND = "user", "library", "command"
_kinds: dict[int, str] = {}
"""The kind of each code object, by identity. A cache, because every new term looks at the frames above it."""
_codes: list[CodeType] = []
"""The code objects in `_kinds`, kept alive so that their identities are not reused."""


def is_of_user(frame: FrameType) -> bool:
    """Return whether `frame` runs code of the user's, not of a library, of Python or of the command line."""
    return _kind(frame) is _USER


def _kind(frame: FrameType) -> str:
    """Return whose code `frame` runs. What a library's module makes while it is imported is located there."""
    code, module = frame.f_code, frame.f_globals.get("__name__", "")
    kind = _USER
    if module.startswith("functoria.cli"):
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


@lru_cache(maxsize=1024)
def _shared(file: str, line: int) -> Location:
    """Return one shared object for each line, because loops make many terms on one."""
    return Location(file, line)
