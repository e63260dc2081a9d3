"""What a project may call its files, and what tells that a file was made here.

A state file or a journal may come from anybody, with a clone or in an archive. What they say of files is believed only as far
as this module goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from functoria.emit.emitter import MADE
from functoria.project.tree import inside

STATE = ".functoria-state.json"
"""The file that says what was written, and by which choices."""
ASIDE = ".functoria-new"
"""The directory of files that are not in place yet."""

NAMES = ("main.ml", "key_gen.ml", "dune", "dune-project", "Makefile", "*.opam")
"""The names of the files that any project may have; `*` stands for anything but `/`."""

_HEAD = 512
_NEVER = {ASIDE, ".git", ".hg", ".svn", ".bzr", "_darcs", "cvs"}
_BARE = re.compile(rb"\(lang dune [0-9.]+\)\n?")


def writable(name: str) -> bool:
    """Whether a file of a project may be called `name`: not as what this library, or version control, keeps there."""
    parts = [part.casefold() for part in PurePosixPath(name).parts]
    return inside(name) and _NEVER.isdisjoint(parts) and parts[0] != STATE


def is_named(name: str, patterns: Iterable[str] = NAMES) -> bool:
    """Whether `name` is one of those that `patterns` stand for."""
    return any(name.count("/") == pattern.count("/") and fnmatchcase(name, pattern) for pattern in patterns)


def made(content: bytes) -> bool:
    """Whether `content` says of itself that it was generated, or is a dune-project that says nothing at all."""
    return MADE.encode() in content[:_HEAD] or _BARE.fullmatch(content) is not None
