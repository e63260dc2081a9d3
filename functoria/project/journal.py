"""The journal: the steps of a committed change, recorded until all are done.

It is, with the new files, in a directory that only functoria makes. It is trusted only where it was written: it records
its directory and its user, and a copy elsewhere is refused.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from functoria.errors import WriteError
from functoria.project.kinds import ASIDE, STATE, Kinds, writable
from functoria.project.tree import DIRECTORY, Tree, above, alike, inside

JOURNAL = f"{ASIDE}/journal.json"
LARGEST = 1 << 26
"""The size limit of a journal, in bytes: 64 MiB."""

_FORMAT = 2
_OURS = frozenset(["journal.json", "journal.new", "holder.json"])
"""The names of our files in the directory, beside those of files that wait: a number, or one with `.old`."""
_MARK = r"(x:|link:)?[0-9a-f]{64}"
_MODES = range(0o10000)


class Entry(NamedTuple):
    """One file to put in place or remove. `before` and `after` are fingerprints; None for no file."""

    name: str
    before: str | None
    after: str | None
    new: str
    """The name of the new file while it waits, if there is one."""
    old: str
    """The name under which the old file is kept, if there was one."""


class Journal(NamedTuple):
    """The steps of a change, and the modes of existing directories above their files."""

    steps: list[Entry]
    directories: Mapping[str, int]


def entries(steps: Sequence[tuple[str, str | None, str | None]], first: int = 0) -> list[Entry]:
    """Return entries for `steps` in order, with their files numbered from `first`."""
    return [Entry(*step, f"{ASIDE}/{number}", f"{ASIDE}/{number}.old") for number, step in enumerate(steps, first)]


def written(tree: Tree, steps: Sequence[Entry]) -> Journal:
    """Write the journal of `steps`. The change is committed once the journal is renamed into place."""
    directories = {}
    for name in dict.fromkeys(parent for step in steps for parent in above(step.name)):
        found = tree.lstat(name)
        if found is not None and stat.S_ISDIR(found.st_mode):
            directories[name] = stat.S_IMODE(found.st_mode)
    data = {"format": _FORMAT, **_bond(tree), "directories": directories, "steps": [step[:3] for step in steps]}
    tree.store(f"{ASIDE}/journal.new", json.dumps(data).encode())
    return Journal(list(steps), directories)


def left(tree: Tree) -> Journal | None:
    """Return the journal of a committed change that may be unfinished; None if there is none.

    Raises WriteError if the journal, or the directory it lies in, was not written here.
    """
    if not _is_ours(tree):
        return None
    found = tree.lstat(JOURNAL)
    if found is None:
        return None
    where = tree.path / JOURNAL
    why = tree.distrusted(where, found.st_uid)
    if why:
        raise _refused(tree, why)
    try:
        data = json.loads(tree.read(JOURNAL, LARGEST))
        if data["format"] != _FORMAT:
            raise ValueError("another format")
        steps = entries([(name, before, after) for name, before, after in data["steps"]])
        bond = {key: data[key] for key in ("directory", "owner")}
        for step in steps:
            marks = all(mark is None or re.fullmatch(_MARK, mark) for mark in (step.before, step.after))
            if not marks or not (step.name == STATE or writable(step.name)):
                raise ValueError(f"{step.name!r} is not a file of a project")
        directories = data["directories"]
        if not all(inside(name) and type(mode) is int and mode in _MODES for name, mode in directories.items()):
            raise ValueError("a directory is not one of a project")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError) as error:
        raise _refused(tree, f"{where} is damaged") from error
    if not _bound(tree, bond):
        raise _refused(tree, f"{where} was left by a change of another directory")
    return Journal(steps, directories)


def believed(tree: Tree, step: Entry, found: str | None, kinds: Kinds) -> bool:
    """Whether a step may come from functoria: its file has the fingerprint `found`, and is of `kinds`.

    Even a journal that is bound to its directory is only a claim. The staged file must have the fingerprint that it states.
    """
    if found == step.after or step.name == STATE:
        return True
    waits = step.after is None or alike(tree.mark(step.new), step.after)
    return waits and (found in (None, DIRECTORY) or kinds.hold(tree, step.name, found))


def discard(tree: Tree) -> None:
    """Remove the journal, then the files beside it."""
    if not _is_ours(tree):
        return
    names = tree.names(ASIDE)
    for name in sorted(names, key=lambda name: f"{ASIDE}/{name}" != JOURNAL):
        tree.remove(f"{ASIDE}/{name}")
    tree.remove_directory(ASIDE)


def _is_ours(tree: Tree) -> bool:
    """Return whether the journal's directory exists. Raises WriteError if something else has its name."""
    found = tree.lstat(ASIDE)
    if found is None:
        return False
    if not stat.S_ISDIR(found.st_mode):
        raise _refused(tree, f"{tree.path / ASIDE} is not a directory")
    why = tree.distrusted(tree.path / ASIDE, found.st_uid)
    if why:
        raise _refused(tree, why)
    for strange in (name for name in tree.names(ASIDE) if not _may_be_ours(name) or _is_directory(tree, name)):
        raise _refused(tree, f"{tree.path / ASIDE} holds {strange!r}, which functoria did not put there")
    return True


def _may_be_ours(name: str) -> bool:
    return name in _OURS or name.removesuffix(".old").isdecimal()


def _is_directory(tree: Tree, name: str) -> bool:
    found = tree.lstat(f"{ASIDE}/{name}")
    return found is not None and stat.S_ISDIR(found.st_mode)


def _refused(tree: Tree, why: str) -> WriteError:
    return WriteError(
        f"{why}: what is in {tree.path / ASIDE} was never put in place; look at it, and remove it", objects=[tree.path]
    )


def _bond(tree: Tree) -> dict[str, object]:
    """Return text that binds a journal to its directory, by device or file system and inode, and to its user."""
    found = tree.stat()
    assert tree.handle is not None
    system = os.statvfs(tree.handle).f_fsid
    return {"directory": [found.st_dev, system, found.st_ino], "owner": os.geteuid()}


def _bound(tree: Tree, bond: dict[str, object]) -> bool:
    """Return whether a journal's `bond` is with this directory. Device numbers may change when the machine restarts."""
    if tree.handle is None:
        return False
    here, said, owner = _bond(tree)["directory"], bond["directory"], bond["owner"]
    if not isinstance(said, list) or not isinstance(owner, int) or not isinstance(here, list) or len(said) != len(here):
        return False
    same = said[0] == here[0] or (said[1] == here[1] != 0)
    return same and said[2] == here[2] and tree.trusts(owner)
