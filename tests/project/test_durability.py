"""Guarantees if the machine stops: anything that was not synced may or may not be on the disk.

Operations are recorded as they are made, and possible contents of the disk are made from the record: each operation whose
directory was synced since, any selection of the others, and files that were not synced with half of their content.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pytest

from functoria.project.directory import Project
from functoria.project.journal import JOURNAL
from functoria.project.lock import locked
from functoria.project.transaction import recover
from functoria.project.tree import Tree
from tests.project.faults import Change
from tests.project.test_faults import Setup, deep_write, linking, next_write
from tests.projects import HVT, OURS, XEN, snapshot


class Operation(NamedTuple):
    """A change of a name in `directory`, which `redo` repeats in another directory; or the sync of a directory."""

    directory: str
    redo: Callable[[Path], None] | None
    removed: str | None = None
    """The directory that it removes. If the removal is on the disk, so are the operations inside that directory."""


class Recorder:
    """Records the changes of a tree, in order."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.synced: list[int] = []

    def fsync(self, handle: int) -> None:
        self.synced.append(os.fstat(handle).st_mode)

    def since(self, kind: Callable[[int], bool]) -> bool:
        found = any(map(kind, self.synced))
        self.synced.clear()
        return found

    def did(self, redo: Callable[[Path], None], name: str, removed: str | None = None) -> None:
        self.operations.append(Operation(str(PurePosixPath(name).parent), redo, removed))

    def store(self, name: str, content: bytes, *, executable: bool = False, **more: Any) -> None:
        kept = content if self.since(stat.S_ISREG) else content[: len(content) // 2]

        def redo(base: Path) -> None:
            (base / name).write_bytes(kept)
            (base / name).chmod(0o755 if executable else 0o644)

        self.did(redo, name)

    def sync(self, directory: str = ".") -> None:
        if self.since(stat.S_ISDIR):
            self.operations.append(Operation(directory, None))

    def make_link(self, target: str, name: str) -> None:
        self.did(lambda base: (base / name).symlink_to(target), name)

    def make_directory(self, name: str, mode: int = 0o777) -> None:
        self.did(lambda base: (base / name).mkdir(), name)

    def rename(self, old: str, new: str) -> None:
        # The old name does not matter here.
        self.did(lambda base: os.replace(base / old, base / new), new)

    def keep(self, name: str, copy: str) -> None:
        self.did(lambda base: os.link(base / name, base / copy, follow_symlinks=False), copy)

    def remove(self, name: str) -> None:
        self.did(lambda base: (base / name).unlink(), name)

    def remove_directory(self, name: str) -> None:
        self.did(lambda base: (base / name).rmdir(), name, name)


@contextmanager
def recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    recorder = Recorder()
    with monkeypatch.context() as patched:
        for name in ("store", "sync", "make_link", "make_directory", "rename", "keep", "remove", "remove_directory"):
            patched.setattr(Tree, name, _recorded(getattr(Tree, name), getattr(recorder, name)))
        patched.setattr(os, "fsync", recorder.fsync)
        yield recorder


def _recorded(real: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
    def method(tree: Tree, *arguments: Any, **more: Any) -> Any:
        result = real(tree, *arguments, **more)
        note(*arguments, **more)
        return result

    return method


def held(operations: list[Operation], chance: random.Random, likely: float) -> list[Operation]:
    """Draw what a disk may contain after `operations`: those that are certain, and others with the probability `likely`."""
    kept: list[Operation] = []
    certain: set[str] = set()
    for operation in reversed(operations):
        if operation.redo is None:
            certain.add(operation.directory)
        elif operation.directory in certain or chance.random() < likely:
            kept.append(operation)
            if operation.removed is not None:
                certain.add(operation.removed)
    return kept[::-1]


def redone(before: Path, operations: list[Operation], directory: Path) -> None:
    """Make `directory` from what was in `before` and the operations that are held."""
    shutil.copytree(before, directory, symlinks=True)
    for operation in operations:
        assert operation.redo is not None
        with suppress(OSError):  # operations inside directories that are not held are impossible
            operation.redo(directory)
    if (directory / JOURNAL).exists():
        with suppress(ValueError):
            said = json.loads((directory / JOURNAL).read_bytes())
            found = directory.stat()
            said["directory"] = [found.st_dev, 0, found.st_ino]
            (directory / JOURNAL).write_text(json.dumps(said))


def forced(directory: Path) -> Change:
    XEN.write(directory)
    (directory / "main.ml").write_text("mine\n")
    return lambda copy: HVT.write(copy, force=True)


def cleaned(directory: Path) -> Change:
    XEN.write(directory)
    return lambda copy: Project(copy).clean()


SETUPS: dict[str, Setup] = {"next": next_write, "forced": forced, "cleaned": cleaned, "deep": deep_write}
SETUPS |= {"less": linking("data", "data/sub"), "more": linking("data/sub", "data")}


@pytest.mark.parametrize("name", SETUPS)
def test_whatever_part_of_what_was_not_synced_is_held_the_project_is_whole(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, before = tmp_path / "place" / "project", tmp_path / "place" / "before"
    change = SETUPS[name](place)
    shutil.copytree(place, before, symlinks=True)
    with recording(monkeypatch) as recorder:
        change(place)
    old, new = snapshot(before), snapshot(place)
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # for speed
    chance, outcomes = random.Random(0), set()
    tried: set[tuple[Operation, ...]] = set()
    for number in range(len(recorder.operations) + 1):
        for turn, likely in enumerate((0.0, 1.0, 0.5, 0.5, 0.8)):
            directory = tmp_path / "place" / f"{number}-{turn}"
            kept = held(recorder.operations[:number], chance, likely)
            if tuple(kept) in tried:  # the same disk
                continue
            tried.add(tuple(kept))
            redone(before, kept, directory)
            with locked(directory) as tree:
                assert recover(tree, OURS).edited == ()
            found = snapshot(directory)
            assert found in (old, new), (number, likely)
            outcomes.add(found == new)
            shutil.rmtree(directory)
    assert outcomes == {False, True}
    # Once writing has returned, it is on the disk.
    redone(before, held(recorder.operations, chance, 0.0), tmp_path / "place" / "end")
    with locked(tmp_path / "place" / "end") as tree:
        recover(tree, OURS)
    assert snapshot(tmp_path / "place" / "end") == new
