"""A directory's files as they will be once an interrupted change is finished."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from functoria.errors import WriteError
from functoria.project import journal
from functoria.project.journal import Entry
from functoria.project.kinds import ANY, Kinds
from functoria.project.tree import DIRECTORY, Tree, above


class Pending(NamedTuple):
    """An unfinished step. It will be skipped if `edited`, because the file was changed since."""

    entry: Entry
    edited: bool


class View:
    """The files of `tree` as if all unfinished steps were done."""

    def __init__(self, tree: Tree, kinds: Kinds = ANY) -> None:
        self.tree = tree
        self._gone: frozenset[str] = frozenset()
        self.pending: list[Pending] = []
        """The unfinished steps, in order."""
        self._left: Mapping[str, Entry] = {}
        said = journal.left(tree)
        entries = [] if said is None else said.steps
        going = {entry.name for entry in entries if entry.after is None}
        left: dict[str, Entry] = {}
        for entry in entries:
            found = self.found(entry.name)
            if found == entry.after or (entry.after is None and found == DIRECTORY):
                continue
            barred = tree.barrier(entry.name) not in (None, *going)
            does = not barred and (found == entry.before or (found, entry.before) == (DIRECTORY, None))
            does = does and journal.believed(tree, entry, found, kinds)
            self.pending.append(Pending(entry, not does))
            if does:
                left[entry.name] = entry
        self._left = left

    def without(self, gone: Iterable[str]) -> View:
        """Return the view with the files `gone` removed too."""
        other = copy.copy(self)
        other._gone = frozenset(gone)
        return other

    def place(self, name: str) -> str:
        """Return the name under which the file's content is now."""
        return self._left[name].new if name in self._left else name

    def mark(self, name: str) -> str | None:
        """Return the file's fingerprint; None without a file. Raises WriteError if it cannot be read."""
        if name in self._left:
            return self._left[name].after
        if not self._gone.isdisjoint(above(name)):
            return None
        found = self.found(name)
        return None if found == DIRECTORY and self._gone and self._emptied(name) else found

    def found(self, name: str) -> str | None:
        """Return the fingerprint of what exists now. Raises WriteError if it cannot be read."""
        try:
            return self.tree.mark(name)
        except OSError as error:
            raise WriteError(
                f"cannot read {self.tree.path / name}: {error.strerror or error}", objects=[self.tree.path / name]
            ) from error

    def _emptied(self, name: str) -> bool:
        """Return whether the directory `name` has files, all of which will be removed."""
        some = False
        for below in self.tree.below(name):
            some = True
            if below not in self._gone:
                return False
        return some
