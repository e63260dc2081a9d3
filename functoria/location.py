"""Where in the user's files something was declared."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from types import CodeType, FrameType
from typing import NamedTuple

from functoria.printable import shown

_LIBRARIES = {"functoria", "attr"}
"""Top-level packages whose frames are skipped: what a user wrote is what calls them."""
_DIRECTORIES = {os.path.dirname(os.path.abspath(__file__)) + os.sep}
"""Where their files are."""
_PYTHON = os.path.dirname(os.__file__) + os.sep
"""Where Python's own library is, whose frames are skipped too: contextlib and functools call what they are given."""


class Location(NamedTuple):
    """A file and a line in it, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        here = os.getcwd() + os.sep
        return f"{shown(self.file.removeprefix(here))}:{self.line}"


def library(package: str) -> None:
    """Declare that frames of the top-level package `package` are never what a user wrote.

    A catalogue of devices calls this once, so that errors point at the configuration that uses it.
    """
    _LIBRARIES.add(package)
    _forget()
    for directory in getattr(sys.modules.get(package), "__path__", ()):
        _DIRECTORIES.add(os.path.abspath(directory) + os.sep)


def is_library(package: str) -> bool:
    """Whether `package` is the name of a library's top-level package, whose frames are never what a user wrote."""
    return package in _LIBRARIES


def in_library(location: Location) -> bool:
    """Whether it is a line of a library, such as that of a device which a catalogue makes once for all."""
    return location.file.startswith(tuple(_DIRECTORIES))


def here() -> Location | None:
    """The nearest line, going up the stack, outside of all libraries; theirs where a module of theirs is being imported.

    None where there is none, as for what the command line itself does. Whoever calls this is of a library.
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
"""Whose code it is, by its identity: every term that is made asks for the frames above it."""
_codes: list[CodeType] = []
"""The code that has a kind, so that no other gets its identity."""


def is_of_user(frame: FrameType) -> bool:
    """Whether `frame` runs code of a user's, and not of a library's, of Python's or of the command line's."""
    return _kind(frame) is _USER


def _kind(frame: FrameType) -> str:
    """Whose code `frame` runs. Where a module of a library is being imported, what it makes is shown there."""
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
    if len(_codes) > 4096:  # code that comes and goes, as in a notebook
        _forget()
    _codes.append(code)
    _kinds[id(code)] = kind
    return kind


def _forget() -> None:
    _kinds.clear()
    _codes.clear()


def _generated(code: CodeType) -> bool:
    """Whether attrs or dataclasses wrote the `__init__` that this is: it runs as if it were of the class's module."""
    return code.co_name == "__init__" and code.co_filename.startswith(("<attrs generated", "<string>"))


def _of_python(file: str) -> bool:
    return file.startswith(_PYTHON) and "-packages" not in file.removeprefix(_PYTHON)


@lru_cache(maxsize=1024)
def _shared(file: str, line: int) -> Location:
    """One object for one line: a loop makes many terms there."""
    return Location(file, line)
