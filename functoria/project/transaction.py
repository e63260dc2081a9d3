"""Transactions: changing several files of a directory, all of them or none, even if the machine stops in between.

New files are first staged in a directory of their own, together with the files that they replace. Then a journal is renamed
into that directory, which commits the change: files are renamed into place one by one, and if that is interrupted, the next
process continues. If a step turns out to be impossible, all is undone. The directory must be `locked`.
"""

from __future__ import annotations

import contextlib
import errno
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from functoria.errors import FileConflict, WriteError
from functoria.printable import shown
from functoria.project import journal
from functoria.project.journal import JOURNAL, Entry, Journal
from functoria.project.kinds import ANY, ASIDE, Kinds
from functoria.project.lock import HOLDER, UNCHANGED, note
from functoria.project.tree import DIRECTORY, Tree, above, fingerprint

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REASONS = {
    errno.EXDEV: "another file system is mounted there",
    errno.EPERM: "the system does not permit it, as for an immutable file, or one of others in a sticky directory",
}


class Step(NamedTuple):
    """One file to put in place or to remove.

    `before` and `after` are fingerprints; None for no file. Give `content` or `link` for a new file, neither to remove it.
    """

    name: str
    before: str | None
    after: str | None
    content: bytes | None = None
    executable: bool = False
    link: str | None = None


class Recovered(NamedTuple):
    """The result of recovering an interrupted change: the names of files put in place, removed, or left alone."""

    put: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    """Files that were edited since the interruption, and left as they are."""


class Stage:
    """The staged files of a change. Nothing else is touched until `commit`."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._steps: list[Entry] = []
        self._ready = False
        self.certain = False
        """Whether the change is committed, so that the staged files are needed to finish or undo it."""

    def put(self, step: Step) -> str | None:
        """Stage a step, and return the fingerprint the file will have; the umask may remove the executable bit."""
        (entry,) = journal.entries([step[:3]], len(self._steps))
        after = step.after
        with _telling(self.tree, step.name):
            if not self._ready:
                journal.discard(self.tree)
                self.tree.make_directory(ASIDE, 0o700)
                self.tree.store(f"{ASIDE}/{HOLDER}", note(), durable=False)
                self._ready = True
            if step.before is not None:
                self.tree.keep(step.name, entry.old)
            if step.link is not None:
                self.tree.make_link(step.link, entry.new)
            elif step.content is not None:
                executable = self.tree.store(entry.new, step.content, executable=step.executable)
                after = fingerprint(step.content, executable=executable)
        self._steps.append(entry._replace(after=after))
        return after

    def commit(self) -> None:
        """Carry out all steps, or none. Raises WriteError, or FileConflict if a file is changed meanwhile."""
        if not self._steps:
            return
        with _telling(self.tree):
            said = journal.written(self.tree, self._steps)
            self.tree.sync(ASIDE)
            self.tree.rename(f"{ASIDE}/journal.new", JOURNAL)
            self.tree.sync(ASIDE)
            self.tree.sync()
        self.certain = True
        _carry_out(self.tree, said)


@contextlib.contextmanager
def staging(tree: Tree) -> Iterator[Stage]:
    """Open a stage, whose files are removed if the block fails."""
    stage = Stage(tree)
    try:
        yield stage
    except BaseException as error:
        if not stage.certain and not _discarded(tree) and isinstance(error, WriteError):
            error.message = error.message.replace(UNCHANGED, _but_aside(tree))
        raise


def remove(tree: Tree, steps: Sequence[Step]) -> None:
    """Remove the files of `steps`, all or none; one after the other if there is no space for a journal."""
    try:
        with staging(tree) as stage:
            for step in steps:
                stage.put(step)
            stage.commit()
    except WriteError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError) or cause.errno not in _NO_SPACE:
            raise
        _remove_each(tree, steps)


def _remove_each(tree: Tree, steps: Sequence[Step]) -> None:
    for step in steps:
        with _telling(tree, step.name):
            tree.check_changeable(step.name)
    removed: list[str] = []
    for step in steps:
        try:
            if tree.mark(step.name) == step.before:
                tree.remove(step.name)
                tree.prune(step.name)
        except OSError as error:
            raise WriteError(
                f"cannot remove {tree.path / step.name}: {_reason(error)}; removed: {', '.join(removed) or 'nothing'}",
                objects=[tree.path, step.name],
            ) from error
        removed.append(step.name)


def recover(tree: Tree, kinds: Kinds = ANY) -> Recovered:
    """Finish a change that was interrupted, or undo it if that is not possible. An uncommitted change is dropped.

    Files that were edited after the interruption are left as they are, and so are files that are not of `kinds`, whatever the
    journal says. Directories left empty by removals are removed too. Raises WriteError if the change can be neither finished
    nor undone, or if the journal is not trustworthy.
    """
    said = journal.left(tree)
    if said is None:
        with _telling(tree):
            journal.discard(tree)
        return Recovered()
    try:
        edited = _carry_out(tree, said, kinds)
    except _Undone as error:
        warnings.warn(shown(f"what was interrupted in {tree.path} has been undone: {error.message}"), stacklevel=3)
        return Recovered()
    done = [step for step in said.steps if step.name not in edited]
    return Recovered(
        tuple(step.name for step in done if step.after is not None),
        tuple(step.name for step in done if step.after is None),
        tuple(edited),
    )


class _Undone(WriteError):
    """A change failed and was undone."""


def _carry_out(tree: Tree, said: Journal, kinds: Kinds | None = None) -> list[str]:
    """Carry out all steps, some of which may be done already.

    Return those whose files were changed by others, or are not of `kinds`. Without `kinds` the steps are this process's own,
    and such a file is a failure too. All is undone after a failure. Raises _Undone or FileConflict, or WriteError if undoing
    fails.
    """
    edited: list[str] = []
    at = "."
    try:
        for step in said.steps:
            at = step.name
            if not _finish(tree, step, kinds):
                edited.append(step.name)
                if kinds is None:
                    break
        else:
            for at in dict.fromkeys(place for step in said.steps for place in (*above(step.name), ".")):
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    tree.sync(at)
    except OSError as error:
        why = f"cannot write {tree.path / at}: {_reason(error)}"
        whole = _undo(tree, said, why, kinds)
        raise _Undone(f"{why}{UNCHANGED if whole else _but_aside(tree)}", objects=[tree.path, at]) from error
    if edited and kinds is None:
        why = f"{tree.path / at} is not as it was when this began"
        _undo(tree, said, why)
        raise FileConflict(f"{why}, and is left; nothing else has been changed", objects=[at])
    if not _discarded(tree):
        warnings.warn(shown(f"cannot remove {tree.path / ASIDE}, which nothing needs any more"), stacklevel=4)
    return edited


def _finish(tree: Tree, step: Entry, kinds: Kinds | None) -> bool:
    """Carry out a step that may be done already. Returns False if the file was changed by others, or is not of `kinds`."""
    barrier, found = tree.barrier(step.name), tree.mark(step.name)
    if kinds is not None and not journal.believed(tree, step, found, kinds):
        return False
    if found is not None and found == step.before and barrier is None and tree.lstat(step.old) is None:
        tree.keep(step.name, step.old)  # restored by an earlier undo
    if step.after is None:
        if found not in (
            None,
            DIRECTORY,
        ):  # a later step may have put something else there, such as a link to a directory
            if found != step.before:
                return False
            tree.remove(step.name)
        tree.prune(step.name)
    elif barrier is not None or found not in (step.before, step.after):
        return False
    elif found != step.after:
        if tree.lstat(step.new) is None:
            return False
        tree.make_way(step.name)
        tree.rename(step.new, step.name)
    return True


def _undo(tree: Tree, said: Journal, why: str, kinds: Kinds | None = None) -> bool:
    """Undo the steps of `said` in reverse, and return whether the staged files could be removed.

    Raises WriteError, and leaves the journal, if undoing is not possible.
    """
    stuck = []
    for step in reversed(said.steps):
        try:
            _revert(tree, step, said.directories, kinds)
        except OSError as error:
            stuck.append(f"{step.name} ({_reason(error)})")
    if stuck:
        raise WriteError(
            f"{why}; and these could not be put back as they were: {', '.join(stuck)}. Take away what hinders that, and run "
            f"again; or remove {tree.path / ASIDE} to leave all as it is now",
            objects=[tree.path],
        )
    return _discarded(tree)


def _revert(tree: Tree, step: Entry, directories: Mapping[str, int], kinds: Kinds | None) -> None:
    """Undo a step, unless it was not done, or the file was changed by others since or is not of `kinds`."""
    found = tree.mark(step.name)
    if tree.barrier(step.name) is not None or (
        kinds is not None and found is not None and not kinds.hold(tree, step.name, found)
    ):
        return
    if found is None and step.before is None:
        tree.prune(step.name, keep=directories)  # directories created for it
    if found != step.after:
        return
    if step.before is not None:
        tree.make_way(step.name, directories)
        tree.rename(step.old, step.name)
    elif found is not None:
        tree.remove(step.name)
        tree.prune(step.name, keep=directories)


def _discarded(tree: Tree) -> bool:
    """Remove the staged files, and return whether that was possible. If not, the next process removes them."""
    try:
        journal.discard(tree)
    except (OSError, WriteError):
        return False
    return True


def _but_aside(tree: Tree) -> str:
    return f"; all is as it was, but {tree.path / ASIDE} could not be removed"


@contextlib.contextmanager
def _telling(tree: Tree, name: str = "") -> Iterator[None]:
    """Turn OSError within the block into WriteError, while nothing has been changed."""
    try:
        yield
    except OSError as error:
        where = f"cannot write {tree.path / name}" if name else f"cannot write to {tree.path}"
        raise WriteError(f"{where}: {_reason(error)}{UNCHANGED}", objects=[tree.path, name]) from error


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
