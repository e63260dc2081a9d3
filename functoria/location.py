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
    _kinds.clear()
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

    None where there is none, as for what the command line itself does.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        known = _kinds.get(id(code))
        kind = known[1] if known is not None else _kind(frame)
        if kind is _USER:
            return _shared(code.co_filename, frame.f_lineno)
        if kind is _COMMAND:
            return None
        frame = frame.f_back
    return None


_USER, _LIBRARY, _COMMAND = "user", "library", "command"
_kinds: dict[int, tuple[CodeType, str]] = {}
"""Whose code it is, by its identity: every term that is made asks for all frames above it."""


def _kind(frame: FrameType) -> str:
    """Whose code `frame` runs. Where a module of a library is being imported, what it makes is shown there."""
    code, module = frame.f_code, frame.f_globals.get("__name__", "")
    kind = _USER
    if module.startswith("functoria.cli"):
        kind = _COMMAND
    elif _of_python(code.co_filename) or (module.partition(".")[0] in _LIBRARIES and code.co_name != "<module>"):
        kind = _LIBRARY
    if len(_kinds) > 4096:  # code that comes and goes, as in a notebook
        _kinds.clear()
    _kinds[id(code)] = (code, kind)  # kept, so that no other code gets its identity
    return kind


def _of_python(file: str) -> bool:
    return file.startswith(_PYTHON) and "-packages" not in file.removeprefix(_PYTHON)


@lru_cache(maxsize=1024)
def _shared(file: str, line: int) -> Location:
    """One object for one line: a loop makes many terms there."""
    return Location(file, line)
