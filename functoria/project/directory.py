"""Project directories: comparing them with a plan, writing one, and removing what was written."""

from __future__ import annotations

import contextlib
import os
import stat
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from attr import field, frozen

from functoria.errors import FileConflict, InvalidName, WriteError
from functoria.log import info
from functoria.printable import shown
from functoria.project.comparison import Comparison, recoverable
from functoria.project.lock import WAIT, locked, telling
from functoria.project.sources import links, seen
from functoria.project.state import NAME as STATE
from functoria.project.state import State, choices
from functoria.project.transaction import Recovered, Step, recover, remove, staging
from functoria.project.tree import (
    DIRECTORY,
    HUGE,
    LARGEST,
    NO_FILE,
    SPECIAL,
    Tree,
    alike,
    fingerprint,
)
from functoria.project.view import View
from functoria.record import Record

if TYPE_CHECKING:
    from functoria.plan.plan import Plan
    from functoria.project.reading import Found

_WHAT = {
    DIRECTORY: "is a directory",
    SPECIAL: "is not a file",
    HUGE: f"has more than {LARGEST} bytes, the limit for files of a project",
}


class Change(NamedTuple):
    """A change to one file. `before` and `after` are its text; None if there is no text file."""

    kind: Literal["create", "replace", "remove"]
    name: str
    before: str | None
    after: str | None
    conflict: bool
    """Whether the file was not written by functoria, or was edited since. Only `force` changes it."""
    pending: bool = False
    """Whether it is part of an interrupted change, which is completed first; steps that are a `conflict` are skipped."""

    def lines(self) -> Iterator[str]:
        """Return the change as a unified diff, each line with its end."""
        import difflib
        import io

        before, after = (list(io.StringIO(text or "")) for text in (self.before, self.after))
        for line in difflib.unified_diff(before, after, f"{self.name} now", f"{self.name} then"):
            yield line if line.endswith("\n") else f"{line}\n"
            if not line.endswith("\n"):
                yield "\\ No newline at end of file\n"

    def __str__(self) -> str:
        if self.pending:
            left = f"{self.kind} {self.name}, which was interrupted"
            return f"leave {self.name} (edited since {left})" if self.conflict else f"finish: {left}"
        return f"{self.kind} {self.name}" + (" (not as it was written)" if self.conflict else "")


class Outcome(NamedTuple):
    """The result of writing: the paths of written files, of removed ones, and of those that were as they should be."""

    written: list[Path]
    removed: list[Path]
    kept: list[Path]
    changes: Sequence[Change] = ()
    """The changes, without the texts."""
    before: State | None = None
    """The state before the change; None if nothing was written there."""


def _directory(path: Path | str) -> Path:
    try:
        if os.fspath(path) and b"\0" not in os.fsencode(path):
            os.path.abspath(path)
            return Path(path)
    except FileNotFoundError:
        raise WriteError("the working directory no longer exists: change to another one", objects=[path]) from None
    except (TypeError, ValueError):
        pass
    raise InvalidName(f"{path!r} is not the path of a directory", objects=[path])


@frozen(eq=False, repr=False)
class Project(Record):
    """The directory of a configured unikernel. Raises InvalidName if `directory` is not a path."""

    directory: Path = field(converter=_directory)

    def diff(self, plan: Plan, *, sources: Path | None = None) -> list[Change]:
        """Return what writing `plan` would change. It touches nothing, and does not wait for other processes."""
        plan, found = self._looked(plan, sources)
        wanted = links(plan, found, self.directory)
        with self._seen() as tree:
            now = View(tree, recoverable(plan, tree))
            written = State.read(tree, now.place(STATE))
            comparison = Comparison(plan, now, written)
            steps = comparison.steps(wanted)
            changes = list(_pending(now))
            changes += [_change(step, comparison.conflicts(step), now) for step in steps]
            _tell(comparison.left)
            return changes + [Change("replace", name, None, None, True) for name in comparison.in_the_way()]

    def write(
        self,
        plan: Plan,
        *,
        sources: Path | None = None,
        config: Path | None = None,
        release: str | None = None,
        force: bool = False,
        wait: float = WAIT,
    ) -> Outcome:
        """Write `plan`: see `Plan.write`. `config` is the configuration file, for `functoria build` to find again.

        `release` is the release that it was loaded for, if one was given.
        """
        plan, found = self._looked(plan, sources)
        wanted = links(plan, found, self.directory)  # fails here, if at all, before the directory is touched
        _ = plan.contents
        with locked(self.directory, wait=wait) as tree:
            recovered = recover(tree, recoverable(plan, tree))
            now = View(tree)
            written = _state(tree, now, force)
            comparison = Comparison(plan, now, written)
            steps = comparison.steps(wanted)
            for name in () if force else comparison.in_the_way():
                raise FileConflict(
                    f"{self.directory / name} is in the way of what building puts there: move it away, have that named "
                    "otherwise, or use --force",
                    objects=[name],
                )
            self._refuse(tree, [*steps, Step(STATE, now.mark(STATE), None)], comparison, recovered, force)
            _tell(comparison.left)
            changes = [
                Change(_kind(step.before, step.after), step.name, None, None, comparison.conflicts(step))
                for step in steps
            ]
            with staging(tree) as stage:
                marks = dict(comparison.kept)
                for step in steps:
                    after = stage.put(step)
                    if after is not None:
                        marks[step.name] = after if step.executable else after.removeprefix("x:")
                known = None if config is None else _relative(config, self.directory)
                state = State(
                    plan.app.title, known, plan.app.root.output, choices(plan), marks, sorted(plan.products), release
                )
                content = state.text().encode()
                last = Step(STATE, now.mark(STATE), fingerprint(content), content)
                if not alike(last.before, last.after):
                    stage.put(last)
                stage.commit()
        for each in changes:
            info("project", "%s %s in %s", each.kind, each.name, self.directory)
        removed = [*recovered.removed, *(step.name for step in steps if step.after is None)]
        return Outcome(
            [self.directory / step.name for step in steps if step.after is not None],
            [self.directory / name for name in dict.fromkeys(removed)],
            [self.directory / name for name in comparison.kept if name in plan.contents],
            changes,
            written,
        )

    def clean(self, plan: Plan | None = None, *, force: bool = False, wait: float = WAIT) -> list[Path]:
        """Remove what was written, and return the removed paths.

        The state file is not trusted alone: files that are neither in `plan` nor named like those of all plans are only
        removed if their header says that functoria made them. Raises FileConflict for a file that was edited since, unless
        `force`.
        """
        with telling(self.directory):
            try:
                found = os.stat(self.directory)
            except (FileNotFoundError, NotADirectoryError):
                return []
        if not stat.S_ISDIR(found.st_mode):
            return []
        with locked(self.directory, wait=wait) as tree:
            recovered = recover(tree, recoverable(plan, tree))
            steps = self._removals(tree, View(tree), plan, recovered, force, tell=True)
            remove(tree, steps)
        return [self.directory / name for name in (*recovered.removed, *(step.name for step in steps)) if name != STATE]

    def to_clean(self, plan: Plan | None = None, *, force: bool = False, tell: bool = False) -> list[Path]:
        """Return the files that `clean` would remove, or raise its errors. With `tell`, warn like it too. Changes nothing."""
        with self._seen() as tree:
            now = View(tree, recoverable(plan, tree))
            edited = tuple(each.entry.name for each in now.pending if each.edited)
            pending = [each.entry.name for each in now.pending if each.entry.after is None and not each.edited]
            steps = self._removals(tree, now, plan, Recovered(edited=edited), force, tell=tell)
        names = dict.fromkeys([*pending, *(step.name for step in steps)])
        return [self.directory / name for name in names if name != STATE]

    def _removals(
        self, tree: Tree, now: View, plan: Plan | None, recovered: Recovered, force: bool, *, tell: bool
    ) -> list[Step]:
        written = _state(tree, now, force)
        if written is None:
            return []
        comparison = Comparison(plan, now, written)
        steps = [Step(name, now.mark(name), None) for name in comparison.ours(written.files)]
        steps.append(Step(STATE, now.mark(STATE), None))
        self._refuse(tree, steps, comparison, recovered, force)
        if tell:
            _tell(comparison.left)
        return steps

    def _looked(self, plan: Plan, sources: Path | None) -> tuple[Plan, Found | None]:
        """Read `sources`, and return them with the plan for them."""
        return (plan, None) if plan.beside is not None else seen(plan, sources, self.directory)

    @contextlib.contextmanager
    def _seen(self) -> Iterator[Tree]:
        """Open the directory, which may not exist, for reading."""
        with telling(self.directory):
            try:
                tree = Tree.open(self.directory, missing=True)
            except NotADirectoryError as error:
                raise WriteError(f"{self.directory} is not a directory", objects=[self.directory]) from error
            with tree:
                yield tree

    def _refuse(
        self, tree: Tree, steps: Sequence[Step], comparison: Comparison, recovered: Recovered, force: bool
    ) -> None:
        gone = {step.name for step in steps if step.after is None}
        for step in steps:
            barrier = tree.barrier(step.name)
            if barrier is not None and barrier not in gone:
                raise FileConflict(f"{self.directory / barrier} is not a directory: move it away", objects=[step.name])
            if step.before in _WHAT:
                kind = _WHAT[step.before]
                raise FileConflict(f"{self.directory / step.name} {kind}: move it away", objects=[step.name])
        conflicts = [step.name for step in steps if comparison.conflicts(step)]
        names = list(dict.fromkeys([*conflicts, *recovered.edited]))
        if names and not force:
            shown = ", ".join(str(self.directory / name) for name in names)
            verb = "was" if len(names) == 1 else "were"
            raise FileConflict(
                f"{shown} {verb} not written by functoria, or edited since: move {'it' if len(names) == 1 else 'them'} "
                "away, or use --force",
                objects=names,
            )


def _tell(left: Sequence[str]) -> None:
    if left:
        as_it_is, it = ("it is", "it") if len(left) == 1 else ("they are", "them")
        warnings.warn(
            shown(
                f"{', '.join(left)}: left as {as_it_is}, because only the state file claims that functoria wrote {it}; "
                "remove what is not needed"
            ),
            stacklevel=4,
        )


def _state(tree: Tree, now: View, force: bool) -> State | None:
    """Return the state; None if there is none or, with `force`, if it is invalid."""
    try:
        return State.read(tree, now.place(STATE))
    except FileConflict:
        if not force:
            raise
        return None


def _pending(now: View) -> Iterator[Change]:
    for entry, edited in now.pending:
        if entry.name != STATE:
            texts = _text(now.tree, entry.name, now.found(entry.name)), _text(now.tree, entry.new, entry.after)
            yield Change(_kind(entry.before, entry.after), entry.name, *texts, edited, pending=True)


def _change(step: Step, conflict: bool, now: View) -> Change:
    before = _text(now.tree, now.place(step.name), step.before)
    after = step.content.decode() if step.content is not None else None
    return Change(_kind(step.before, step.after), step.name, before, after, conflict)


def _kind(before: str | None, after: str | None) -> Literal["create", "replace", "remove"]:
    if before is None:
        return "create"
    return "remove" if after is None else "replace"


def _text(tree: Tree, place: str, mark: str | None) -> str | None:
    if mark is None or mark in NO_FILE or mark.startswith("link:"):
        return None
    return tree.read(place).decode(errors="replace")


def _relative(config: Path, directory: Path) -> str:
    """Return the path from a directory to a configuration that does not pass through links."""
    return os.path.join(os.path.relpath(os.path.realpath(config.parent), os.path.realpath(directory)), config.name)


def readable(directory: Path) -> State:
    """Return the state of a configured directory. Raises WriteError if it is not configured."""
    state = State.load(directory)
    if state is None:
        import shlex

        where = "" if directory == Path() else f" -b {shlex.quote(str(directory))}"
        raise WriteError(f"{directory} is not configured: run functoria configure{where} first", objects=[directory])
    return state
