"""Limits for reading opam files and repositories from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from attr import field, frozen, validators

from functoria.errors import InvalidRepository

NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
"""The flag to open a file, and not what a link leads to, on systems that have it; so are those of `READ`."""
READ = os.O_RDONLY | NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""The flags to read a file with: what is not a regular one must not block, or be passed on."""
FILE = 1 << 20
"""The size of an opam file, or of an extended header in an archive, in bytes. The public repository's largest has 24,000."""
MEMBERS = 1_000_000
"""The number of files, directories and links in a repository, with implied directories. The public one has 42,000."""
TOTAL = 1 << 28
"""The size of an unpacked archive, in bytes. The public repository has 53,000,000."""
DEPTH = 100
"""The nesting of brackets, braces and operators in an opam file. The public repository has 5."""
NAME = 255
"""The length of a file name, in bytes, as in most file systems."""
PATH = 4096
"""The length of a path or a link's target, in bytes, as in Linux."""


def _limit(value: int) -> int:
    return field(default=value, validator=[validators.instance_of(int), validators.ge(0)])


@frozen
class Limits:
    """Limits for reading. What exceeds one is left out and reported, or refused; the message names the limit.

    `file`, `total`, `name` and `path` are in bytes, `members` counts files, directories and links, and `depth` levels of
    nesting. The defaults are `FILE`, `TOTAL`, `NAME`, `PATH`, `MEMBERS` and `DEPTH`.
    """

    file: int = _limit(FILE)
    members: int = _limit(MEMBERS)
    total: int = _limit(TOTAL)
    depth: int = _limit(DEPTH)
    name: int = _limit(NAME)
    path: int = _limit(PATH)


LIMITS = Limits()
"""The default limits."""


def over(what: str, limit: str) -> str:
    """Return the message that `what` exceeds `limit`, a field of Limits."""
    return f"{what}, which exceeds the limit {limit}: raise it if you trust the source"


def too_many(path: Path, limits: Limits) -> InvalidRepository:
    """Return the error that the repository `path` has too many members."""
    wrong = over(f"{path}: it has more than {limits.members:,} files, directories and links", "members")
    return InvalidRepository(wrong, objects=[path])


def length(name: str) -> int:
    """Return the length of `name` in bytes."""
    return len(name.encode(errors="surrogateescape"))
