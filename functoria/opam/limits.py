"""How much is read of opam files and repositories that others made."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen, validators

from functoria.errors import InvalidRepository

FILE = 1 << 20
"""Bytes of one opam file, and of one extended header of an archive. The largest file of the public repository has 24,000."""
MEMBERS = 1_000_000
"""Files, directories and links of a repository, with the directories that their paths imply. The public one has 42,000."""
TOTAL = 1 << 28
"""Bytes of an archive, unpacked. The public repository has 53,000,000."""
DEPTH = 100
"""Brackets, braces and signs of an opam file around each other; in the public repository there are 5."""
NAME = 255
"""Bytes of a name in a repository, as file systems have it."""
PATH = 4096
"""Bytes of a path in a repository, and of what a link says, as Linux has it."""


def _limit(value: int) -> int:
    return field(default=value, validator=[validators.instance_of(int), validators.ge(0)])


@frozen
class Limits:
    """How much is read at most. What goes beyond is left out and told of, or refused, and the limit named.

    `file`, `total`, `name` and `path` are bytes, `members` counts files, directories and links, and `depth` levels: see
    `FILE`, `TOTAL`, `NAME`, `PATH`, `MEMBERS` and `DEPTH`, which are what holds where nothing is said.
    """

    file: int = _limit(FILE)
    members: int = _limit(MEMBERS)
    total: int = _limit(TOTAL)
    depth: int = _limit(DEPTH)
    name: int = _limit(NAME)
    path: int = _limit(PATH)


LIMITS = Limits()
"""The limits that hold where nothing is said."""


def over(what: str, limit: str) -> str:
    """The message that `what` goes beyond `limit`, a field of Limits."""
    return f"{what}, which is beyond the limit {limit}: raise it where you trust what is read"


def too_many(path: Path, limits: Limits) -> InvalidRepository:
    """The error that there is too much in the repository `path`."""
    wrong = over(f"{path}: it has more than {limits.members:,} files, directories and links", "members")
    return InvalidRepository(wrong, objects=[path])


def length(name: str) -> int:
    """The bytes of `name`, of a file or of a path."""
    return len(name.encode(errors="surrogateescape"))
