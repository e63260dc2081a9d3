"""Compare a project directory with a plan and with its state file, to tell generated files from the user's."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from functoria.errors import FileConflict, WriteError
from functoria.project.kinds import ANY, NAMES, STATE, Kinds, made
from functoria.project.sources import plain
from functoria.project.state import State
from functoria.project.transaction import Step
from functoria.project.tree import LARGEST, NO_FILE, Tree, alike, fingerprint, link_mark
from functoria.project.view import View

if TYPE_CHECKING:
    from functoria.plan.plan import Plan


class Comparison:
    """A comparison of a directory with a plan, if there is one, and with the claims of the state file.

    `kept` are the fingerprints of files that match the plan. `left` are the names of files that only the state file claims
    were written.
    """

    def __init__(self, plan: Plan | None, now: View, written: State | None) -> None:
        self.plan, self.now, self.written = plan, now, written
        self.kinds = kinds_of(plan, written)
        self.kept: dict[str, str] = {}
        self.left: list[str] = []
        found = now.tree.lstat(now.place(STATE))
        # If even the state file is executable, the file system has no modes.
        self._modes = found is None or not found.st_mode & 0o100

    def steps(self, links: Mapping[str, str]) -> list[Step]:
        """Return the steps to the plan, except for the state file: removals first."""
        assert self.plan is not None
        contents, claimed = self.plan.contents, self.written.files if self.written is not None else {}
        names = {*map(plain, contents), *links}
        gone = self.ours([name for name in claimed if name not in names])
        then = self.now.without(gone)
        coming: list[Step] = []
        for name, file in contents.items():
            content = file.text.encode()
            if len(content) > LARGEST:
                raise WriteError(f"{name} would have {len(content)} bytes, more than {LARGEST}", objects=[name])
            mark = fingerprint(content, executable=file.executable)
            coming.append(Step(name, then.mark(name), mark, content, file.executable))
        for name, target in links.items():
            found = then.mark(name)
            if found is None or found.startswith("link:"):
                coming.append(Step(name, found, link_mark(target), link=target))
            elif name in claimed:
                gone += self.ours([name])
        changed = [step for step in coming if not self._is_as(step)]
        same = {step.name for step in coming} - {step.name for step in changed}
        for step in coming:
            if step.name in same and step.after is not None:
                self.kept[step.name] = self._claim(step)
        return [*(Step(name, self.now.mark(name), None) for name in gone), *changed]

    def ours(self, claimed: Sequence[str] | Mapping[str, str]) -> list[str]:
        """Return those of the files `claimed` to have been written that exist and are of a kind that functoria writes."""
        found: list[str] = []
        for name in claimed:
            mark = self.now.mark(name)
            if mark is not None:
                (found if self._is_ours(name, mark) else self.left).append(name)
        return found

    def _is_ours(self, name: str, mark: str) -> bool:
        if mark in NO_FILE:
            return False
        assert self.written is not None
        claim = self.written.files[name]
        if mark.startswith("link:"):
            return mark == claim and not self._is_configuration(name)
        content = self.now.tree.read(self.now.place(name))
        if made(content):
            return True
        if not self._alike(mark, claim):  # edited, so that only `force` removes it
            return self.kinds.know(name)
        # It is as it was written, and has no header because its kind never has one.
        planned = (
            self.plan is not None and name in self.kinds.names and not made(self.plan.contents[name].text.encode())
        )
        return planned or self.kinds.unsigned(name, content)

    def _is_configuration(self, name: str) -> bool:
        return os.path.abspath(self.now.tree.path / name) == self._configuration

    @cached_property
    def _configuration(self) -> str | None:
        file = None if self.plan is None else self.plan.app.file
        return None if file is None else os.path.abspath(file)

    def in_the_way(self) -> list[str]:
        """Return the files of the user's in the way of the build's products."""
        assert self.plan is not None
        ours = () if self.written is None else (*self.written.products, *self.written.files)
        return [name for name in self.plan.products if name not in ours and self.now.tree.lstat(name) is not None]

    def conflicts(self, step: Step) -> bool:
        """Return whether a step affects a file that was not written by functoria, or was edited since."""
        if step.before is None or step.name == STATE:
            return False
        if self.written is None or not self._alike(step.before, self.written.files.get(step.name)):
            return True
        # A file with our header only replaces files that have it too, whatever the state file claims.
        text = (
            None
            if step.content is None or step.before.startswith("link:")
            else self.now.tree.read(self.now.place(step.name))
        )
        return text is not None and made(step.content or b"") and not made(text)

    def _alike(self, one: str | None, two: str | None) -> bool:
        return one == two or (not self._modes and alike(one, two))

    def _is_as(self, step: Step) -> bool:
        """Return whether the file already is as the step makes it, ignoring executable bits if they are not available."""
        if self._alike(step.before, step.after):
            return True
        known = None if self.written is None else self.written.files.get(step.name)
        return step.executable and alike(step.before, step.after) and step.before == known

    def _claim(self, step: Step) -> str:
        assert step.before is not None
        assert step.after is not None
        return step.after if self._alike(step.before, step.after) else step.before


def kinds_of(plan: Plan | None, written: State | None) -> Kinds:
    """Return the kinds of generated files: names of `plan`, except those that the state file decides, and those of any plan."""
    if plan is None:
        return ANY
    names = [name for name in plan.contents if written is None or not written.names(name)]
    return Kinds(frozenset(names), (*NAMES, *plan.root.device.file_names))


def recoverable(plan: Plan | None, tree: Tree) -> Kinds:
    """Return the kinds of files that an interrupted change may have replaced or removed, with or without its state file."""
    try:
        return kinds_of(plan, State.read(tree))
    except FileConflict:
        return ANY
