"""The files of a directory as they will be when a change that was interrupted there is finished."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from functoria.errors import WriteError
from functoria.project import journal
from functoria.project.journal import Entry
from functoria.project.tree import DIRECTORY, Tree, above


class Pending(NamedTuple):
    """A step that is left to do; `edited` says that it will not be done, for somebody has changed the file since."""

    entry: Entry
    edited: bool


class View:
    """The files of `tree`, with what is left to do done."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._gone: frozenset[str] = frozenset()
        self.pending: list[Pending] = []
        """What is left to do, in order."""
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
            self.pending.append(Pending(entry, not does))
            if does:
                left[entry.name] = entry
        self._left = left

    def without(self, gone: Iterable[str]) -> View:
        """The same when the files `gone` are removed too."""
        other = copy.copy(self)
        other._gone = frozenset(gone)
        return other

    def place(self, name: str) -> str:
        """Where the content of the file is now."""
        return self._left[name].new if name in self._left else name

    def mark(self, name: str) -> str | None:
        """The fingerprint of the file; None for none. Raises WriteError for what cannot be read."""
        if name in self._left:
            return self._left[name].after
        if not self._gone.isdisjoint(above(name)):
            return None
        found = self.found(name)
        return None if found == DIRECTORY and self._emptied(name) else found

    def found(self, name: str) -> str | None:
        """The fingerprint of what is there now. Raises WriteError for what cannot be read."""
        try:
            return self.tree.mark(name)
        except OSError as error:
            raise WriteError(
                f"cannot read {self.tree.path / name}: {error.strerror or error}", objects=[self.tree.path / name]
            ) from error

    def _emptied(self, name: str) -> bool:
        """Whether all files below the directory `name` are among those that are to be removed, and there are some."""
        some = False
        for below in self.tree.below(name):
            some = True
            if below not in self._gone:
                return False
        return some
