"""Which names the files of a project may have, and how to recognise a generated file.

A state file or journal may come from anybody, in a clone or an archive. Their claims about files are trusted only as far as
this module allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from functoria.emit.emitter import MADE
from functoria.project.tree import inside

STATE = ".functoria-state.json"
"""The file that records what was written, and by which choices."""
ASIDE = ".functoria-new"
"""The directory of new files that are not in place yet."""

NAMES = ("main.ml", "key_gen.ml", "dune", "dune-project", "Makefile", "*.opam")
"""Patterns for the names of files in any project; `*` matches anything but `/`."""

_HEAD = 512
_NEVER = {ASIDE, ".git", ".hg", ".svn", ".bzr", "_darcs", "cvs"}
_BARE = re.compile(rb"\(lang dune [0-9.]+\)\n?")


def writable(name: str) -> bool:
    """Return whether a file of a project may have this name, which must not be one of functoria's or version control's."""
    parts = [part.casefold() for part in PurePosixPath(name).parts]
    return inside(name) and _NEVER.isdisjoint(parts) and parts[0] != STATE


def is_named(name: str, patterns: Iterable[str] = NAMES) -> bool:
    """Return whether `name` matches one of `patterns`."""
    return any(name.count("/") == pattern.count("/") and fnmatchcase(name, pattern) for pattern in patterns)


def made(content: bytes) -> bool:
    """Return whether `content` has the header of generated files, or is a dune-project with a version only."""
    return MADE.encode() in content[:_HEAD] or _BARE.fullmatch(content) is not None
