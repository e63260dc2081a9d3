"""The names that files of a project may have, and how to recognise a generated file.

A state file or journal may come from anybody, in a clone or an archive. Their claims about files are trusted only as far as
this module allows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from functoria.emit.emitter import HEADERS
from functoria.project.tree import NO_FILE, Tree, inside

STATE = ".functoria-state.json"
"""The file that records what was written, and by which choices."""
ASIDE = ".functoria-new"
"""The directory of new files that are not in place yet."""

NAMES = ("main.ml", "key_gen.ml", "dune", "dune-project", "Makefile", "*.opam")
"""Patterns for the names of files in any project; `*` matches anything but `/`."""

_HEAD = 1024
_MUTE = ".json"
"""The end of the names of files whose language has no comments."""
_NEVER = {ASIDE, ".git", "git~1", ".hg", ".svn", ".bzr", "_darcs", "cvs"}


def writable(name: str) -> bool:
    """Return whether a file of a project may be called `name`: not like files that this library or version control keeps there.

    Some file systems treat names as equal that differ in case, in invisible characters, or in dots at the end, or have their
    own short names, such as `GIT~1`.
    """
    if not inside(name):
        return False
    parts = [_folded(part) for part in name.split("/")]
    return _NEVER.isdisjoint(parts) and parts[0] != STATE


def _folded(part: str) -> str:
    kept = part if part.isascii() else "".join(char for char in part if unicodedata.category(char) != "Cf")
    return kept.casefold().rstrip(" .")


def is_named(name: str, patterns: Iterable[str] = NAMES) -> bool:
    """Return whether `name` matches one of `patterns`."""
    return any(name.count("/") == pattern.count("/") and fnmatchcase(name, pattern) for pattern in patterns)


def made(content: bytes) -> bool:
    """Return whether `content` has a header of generated files."""
    head = content[:_HEAD]
    return any(each.encode() in head for each in HEADERS)


class Kinds(NamedTuple):
    """The files that may be generated if a state file or journal claims them: by their names, or by their headers."""

    names: Container[str] = ()
    """Files that are emitted, whatever their content."""
    patterns: tuple[str, ...] = NAMES
    """Patterns for the names of others; `*` matches anything but `/`."""

    def hold(self, tree: Tree, name: str, mark: str | None, place: str | None = None) -> bool:
        """Return whether the file or link `name`, whose fingerprint is `mark`, may be ours. Its content is at `place`."""
        if mark is None or mark in NO_FILE:
            return False
        return mark.startswith("link:") or self.know(name) or made(tree.read(place or name))

    def know(self, name: str) -> bool:
        """Return whether `name` is the name of a file of ours."""
        return name in self.names or is_named(name, self.patterns)

    def unsigned(self, name: str, content: bytes) -> bool:
        """Return whether a file of ours is called `name` and has no header: its language has no comments, or it is empty."""
        return (name.endswith(_MUTE) or not content) and is_named(name, self.patterns)


ANY = Kinds()
"""The files that any project may have."""
