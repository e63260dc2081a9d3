"""Where in the user's files something was declared."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from types import FrameType
from typing import NamedTuple

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
        return f"{self.file.removeprefix(here)}:{self.line}"


def library(package: str) -> None:
    """Declare that frames of the top-level package `package` are never what a user wrote.

    A catalogue of devices calls this once, so that errors point at the configuration that uses it.
    """
    _LIBRARIES.add(package)
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
        module = frame.f_globals.get("__name__", "")
        if module.startswith("functoria.cli"):
            return None
        file = frame.f_code.co_filename
        if (module.partition(".")[0] not in _LIBRARIES or frame.f_code.co_name == "<module>") and not _of_python(file):
            return _shared(file, frame.f_lineno)
        frame = frame.f_back
    return None


@lru_cache(maxsize=1024)
def _of_python(file: str) -> bool:
    return file.startswith(_PYTHON) and "-packages" not in file.removeprefix(_PYTHON)


@lru_cache(maxsize=1024)
def _shared(file: str, line: int) -> Location:
    """One object for one line: a loop makes many terms there."""
    return Location(file, line)
