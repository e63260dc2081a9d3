"""Writing a project changes the written files and nothing else, and no file of others is lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from functoria import Device, File, FunctoriaError, Info, Job, Plan, foreign, job
from functoria.errors import FileConflict, InvalidName, WriteError
from functoria.project.directory import Project
from functoria.project.kinds import ASIDE
from functoria.project.state import NAME as STATE
from functoria.project.tree import fingerprint
from mirage_devices import register
from tests.projects import HVT, PLANS, UNIX, XEN, Act, snapshot, times, written_alone


def test_write_gives_the_files_and_a_record_of_them(tmp_path: Path) -> None:
    paths = XEN.write(tmp_path / "new" / "project")
    assert {path.name: path.read_text() for path in paths} == XEN.files()
    assert {path.name for path in (tmp_path / "new" / "project").iterdir()} == {*XEN.files(), STATE}
    state = json.loads((tmp_path / "new" / "project" / STATE).read_text())
    assert state["files"].keys() == XEN.files().keys()
    assert state["context"] == {"target": "xen"}


def test_planning_and_diff_touch_nothing(tmp_path: Path) -> None:
    changes = XEN.diff(tmp_path / "project")
    assert {(change.kind, change.name, change.before, change.after) for change in changes} == {
        ("create", name, None, text) for name, text in XEN.files().items()
    }
    assert list(tmp_path.iterdir()) == []


def test_write_then_diff_is_empty(tmp_path: Path) -> None:
    for plan in (XEN, UNIX, HVT, UNIX, XEN):
        plan.write(tmp_path)
        assert plan.diff(tmp_path) == []


def test_write_twice_touches_nothing(tmp_path: Path) -> None:
    XEN.write(tmp_path)
    for path in tmp_path.iterdir():
        os.utime(path, ns=(0, 0))
    assert XEN.write(tmp_path) == []
    assert set(times(tmp_path).values()) == {0}
    assert XEN.write(tmp_path, force=True) == []
    assert set(times(tmp_path).values()) == {0}


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    for path in tmp_path.iterdir():
        os.utime(path, ns=(0, 0))
    written = {path.name for path in HVT.write(tmp_path)}
    same = {name for name, text in HVT.files().items() if UNIX.files().get(name) == text}
    assert same >= {"dune-project"}
    assert written == HVT.files().keys() - same
    assert {name for name, time in times(tmp_path).items() if time == 0} == same


def test_diff_says_what_write_does(tmp_path: Path) -> None:
    XEN.write(tmp_path)
    before = snapshot(tmp_path)
    changes = {change.name: change for change in UNIX.diff(tmp_path)}
    assert snapshot(tmp_path) == before
    UNIX.write(tmp_path)
    after = snapshot(tmp_path)
    for name in (before.keys() | after.keys()) - {STATE}:
        old, new = (found[name][0] if name in found else None for found in (before, after))
        if old == new:
            assert name not in changes
        else:
            kind = "create" if old is None else "remove" if new is None else "replace"
            assert changes[name] == (kind, name, old, new, False, False)
            assert str(changes[name]) == f"{kind} {name}"


def test_files_of_an_earlier_plan_are_removed(tmp_path: Path) -> None:
    XEN.write(tmp_path)
    (tmp_path / "unikernel.ml").write_text("module Main = struct end\n")
    HVT.write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*HVT.files(), STATE, "unikernel.ml"}


@pytest.mark.parametrize("mine", ["main.ml", "dune", "Makefile", "network.xe"])
def test_a_foreign_file_is_refused(mine: str, tmp_path: Path) -> None:
    (tmp_path / mine).write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(
        FileConflict, match=rf"{mine} was not written by functoria, or edited since: .*--force"
    ) as caught:
        XEN.write(tmp_path)
    assert caught.value.objects == (mine,)
    assert snapshot(tmp_path) == before
    assert [change.name for change in XEN.diff(tmp_path) if change.conflict] == [mine]
    XEN.write(tmp_path, force=True)
    assert (tmp_path / mine).read_text() == XEN.files()[mine]
    assert XEN.diff(tmp_path) == []


def test_a_foreign_file_that_is_just_as_it_would_be_is_no_conflict(tmp_path: Path) -> None:
    (tmp_path / "main.ml").write_text(UNIX.files()["main.ml"])
    UNIX.write(tmp_path)
    assert UNIX.diff(tmp_path) == []


@pytest.mark.parametrize("other", ["hvt", "xen"])
def test_an_edited_file_is_refused(other: str, tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    for name in ("main.ml", "dune"):
        with (tmp_path / name).open("a") as file:
            file.write("(* mine *)\n")
    before = snapshot(tmp_path)
    for plan in (UNIX, PLANS[other]):
        with pytest.raises(FileConflict, match=r"main\.ml, .*dune were not written by functoria.*--force") as caught:
            plan.write(tmp_path)
        assert set(caught.value.objects) == {"main.ml", "dune"}
        assert snapshot(tmp_path) == before
    PLANS[other].write(tmp_path, force=True)
    assert PLANS[other].diff(tmp_path) == []


def test_an_edited_file_of_an_earlier_plan_is_not_removed(tmp_path: Path) -> None:
    XEN.write(tmp_path)
    (tmp_path / "network.xl").write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(FileConflict, match=r"network\.xl was not written by functoria"):
        UNIX.write(tmp_path)
    assert snapshot(tmp_path) == before
    UNIX.write(tmp_path, force=True)
    assert not (tmp_path / "network.xl").exists()


def test_a_file_that_was_removed_is_written_again(tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    (tmp_path / "main.ml").unlink()
    assert [str(change) for change in UNIX.diff(tmp_path)] == ["create main.ml"]
    assert UNIX.write(tmp_path) == [tmp_path / "main.ml"]


def test_a_directory_in_the_way_is_refused_whatever_is_forced(tmp_path: Path) -> None:
    (tmp_path / "main.ml").mkdir()
    (tmp_path / "main.ml" / "mine").write_text("mine")
    before = snapshot(tmp_path)
    for force in (False, True):
        with pytest.raises(FileConflict, match=r"main\.ml is a directory: move it away"):
            UNIX.write(tmp_path, force=force)
        assert snapshot(tmp_path) == before


def test_a_link_in_the_way_is_replaced_itself_and_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    project = tmp_path / "project"
    project.mkdir()
    (project / "main.ml").symlink_to("../precious")
    with pytest.raises(FileConflict, match=r"main\.ml was not written"):
        UNIX.write(project)
    UNIX.write(project, force=True)
    assert not (project / "main.ml").is_symlink()
    assert (tmp_path / "precious").read_text() == "mine"


def test_what_can_be_executed(tmp_path: Path) -> None:
    XEN.write(tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir()) if path.stat().st_mode & 0o111] == ["network.xe"]
    (tmp_path / "network.xe").chmod(0o644)
    with pytest.raises(FileConflict, match=r"network\.xe was not written by functoria, or edited since"):
        XEN.write(tmp_path)
    XEN.write(tmp_path, force=True)
    assert os.access(tmp_path / "network.xe", os.X_OK)


class Naming(Device[Job]):
    """A device with files whose names a test chooses."""

    type = job
    module = "Naming"
    claimed: Mapping[str, str | File] = {}

    def files(self, info: Info) -> Mapping[str, str | File]:
        return self.claimed


def naming(files: Mapping[str, str | File]) -> Plan:
    class Named(Naming):
        claimed = files

    return register("named", [Named()]).plan(target="unix")


def test_directories_for_files_come_and_go(tmp_path: Path) -> None:
    plan = naming({"deep/er/file": "text\n", "deep/script": File("#!/bin/sh\n", executable=True)})
    plan.write(tmp_path)
    assert (tmp_path / "deep/er/file").read_text() == "text\n"
    assert os.access(tmp_path / "deep/script", os.X_OK)
    assert plan.diff(tmp_path) == []
    Project(tmp_path).clean(plan)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/etc/x", "../x", "a/../../x", STATE, f"{ASIDE}/x", "a\nb", "a\0b", "\ud800"]
)
def test_names_outside_of_the_project_are_refused(name: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    with pytest.raises(InvalidName):
        naming({name: "text"}).write(project)
    assert list(project.iterdir()) == []
    assert list(tmp_path.iterdir()) == [project]


def test_a_file_where_a_directory_is_needed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("mine")
    plan = naming({"deep/file": "text\n"})
    before = snapshot(tmp_path)
    with pytest.raises((FileConflict, WriteError)):
        plan.write(tmp_path)
    assert snapshot(tmp_path) == before


def test_clean_removes_what_was_written_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "unikernel.ml").write_text("mine")
    XEN.write(tmp_path)
    removed = Project(tmp_path).clean()
    assert {path.name for path in removed} == XEN.files().keys()
    assert [path.name for path in tmp_path.iterdir()] == ["unikernel.ml"]
    assert Project(tmp_path).clean() == []
    assert Project(tmp_path / "absent").clean() == []
    assert not (tmp_path / "absent").exists()


def test_clean_refuses_an_edited_file(tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    (tmp_path / "main.ml").write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(FileConflict, match=r"main\.ml was not written.*--force"):
        Project(tmp_path).clean()
    assert snapshot(tmp_path) == before
    Project(tmp_path).clean(force=True)
    assert list(tmp_path.iterdir()) == []


def _state(**more: Any) -> bytes:
    """Return a state file in which a field has the wrong type."""
    whole = {"format": 1, "app": "", "config": None, "output": None, "context": {}, "files": {}, "products": []}
    return json.dumps({**whole, **more}).encode()


DAMAGE = {
    "another format of all that is there": _state(format=99),
    "nothing": b"",
    "half": b'{"format": 1, "app": "hel',
    "no text": b"\xff\xfe",
    "no object": b"[]",
    "another format": b'{"format": 99, "app": "", "config": null, "output": null, "context": {}, "files": {}}',
    "files that are none": b'{"format": 1, "app": "", "config": null, "output": null, "context": {}, "files": []}',
    "a mark that is none": b'{"format": 1, "app": "", "config": null, "output": null, "context": {}, "files": {"a": 1}}',
    "no products": b'{"format": 1, "app": "", "config": null, "output": null, "context": {}, "files": {}}',
    "products that are none": _state(products="abc"),
    "products that are an object": _state(products={"a": "b"}),
    "a product that is none": _state(products=["a", 1]),
    "a configuration that is none": _state(config=["config.py"]),
    "an output that is none": _state(output=1),
    "an application that is none": _state(app=None),
    "choices that are none": _state(context=[]),
    "marks that are lists": _state(files={"a": ["b"]}),
    "more than is read": b" " * (1 << 24) + b" ",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_is_refused(damage: str, tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    (tmp_path / STATE).write_bytes(DAMAGE[damage])
    before = snapshot(tmp_path)
    for act in (lambda: HVT.write(tmp_path), Project(tmp_path).clean, lambda: HVT.diff(tmp_path)):
        with pytest.raises(FileConflict, match=r"is not a state file of this version.*: remove it, or .*--force"):
            act()
        assert snapshot(tmp_path) == before
    HVT.write(tmp_path, force=True)
    assert HVT.diff(tmp_path) == []


@given(
    st.binary(max_size=40)
    | st.recursive(
        st.none() | st.text(max_size=5),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["format", "app", "config", "output", "context", "files", "main.ml", "a"]), x
            )
        ),
    ).map(lambda x: json.dumps(x).encode())
)
@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_record_at_all_is_taken_or_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / STATE).write_bytes(content)
    for act in (lambda: UNIX.diff(tmp_path), lambda: UNIX.write(tmp_path), lambda: UNIX.write(tmp_path, force=True)):
        with contextlib.suppress(FileConflict):
            act()
    assert UNIX.diff(tmp_path) == []


def test_a_record_reaches_nothing_outside_of_the_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    UNIX.write(project)
    (tmp_path / "main.ml").write_bytes((project / "main.ml").read_bytes())
    state = json.loads((project / STATE).read_text())
    for name in ("../main.ml", str(tmp_path / "main.ml"), "sub/../../main.ml"):
        state["files"][name] = state["files"]["main.ml"]
    (project / STATE).write_text(json.dumps(state))
    acts: list[Act] = [lambda: HVT.write(project), Project(project).clean]
    for act in acts:
        with pytest.raises(FunctoriaError):
            act()
    assert (tmp_path / "main.ml").exists()


@pytest.mark.parametrize("name", ["../main.ml", "sub/../../main.ml", "/main.ml", f"{ASIDE}/x", "", "a\0b", "\ud800"])
def test_a_journal_reaches_nothing_outside_of_the_project(name: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    UNIX.write(project)
    (tmp_path / "main.ml").write_text("mine\n")
    (project / ASIDE).mkdir()
    (project / ASIDE / "0").write_text("theirs\n")
    for after in (None, fingerprint(b"theirs\n")):
        steps = [[name, fingerprint(b"mine\n"), after], ["../made", None, fingerprint(b"theirs\n")]]
        (project / ASIDE / "journal.json").write_text(json.dumps(steps))
        before = snapshot(tmp_path)
        acts: list[Act] = [lambda: HVT.write(project), lambda: HVT.diff(project), Project(project).clean]
        for act in acts:
            with pytest.raises(WriteError, match=r"journal\.json is damaged"):
                act()
            assert snapshot(tmp_path) == before


@pytest.mark.parametrize("name", ["main.ml", STATE])
def test_what_is_no_file_is_not_read(name: str, tmp_path: Path) -> None:
    # Reading a pipe would wait until somebody writes to it.
    os.mkfifo(tmp_path / name)
    for force in (False, True):
        with pytest.raises(FileConflict, match=name):
            UNIX.write(tmp_path, force=force)
    with contextlib.suppress(FileConflict):
        UNIX.diff(tmp_path)
    assert (tmp_path / name).is_fifo()


def test_names_that_are_too_long(tmp_path: Path) -> None:
    plan = foreign("Unikernel.Main", job)
    acts: list[Act] = [
        lambda: register("a" * 300, [plan]).plan().write(tmp_path),
        lambda: UNIX.write(tmp_path / ("a" * 300)),
    ]
    for act in acts:
        with pytest.raises(FunctoriaError, match="too long"):
            act()
    assert list(tmp_path.iterdir()) == []
    UNIX.write(tmp_path)
    state = json.loads((tmp_path / STATE).read_text())
    state["files"]["a" * 300] = state["files"]["main.ml"]
    (tmp_path / STATE).write_text(json.dumps(state))
    before = snapshot(tmp_path)
    for act in (lambda: HVT.write(tmp_path), lambda: HVT.diff(tmp_path), Project(tmp_path).clean):
        with pytest.raises(FunctoriaError, match="too long"):
            act()
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("path", ["a\0b", "\ud800", 3, None])
def test_what_is_no_path(path: Any) -> None:
    for act in (UNIX.write, UNIX.diff):
        with pytest.raises(InvalidName, match="is not the path of a directory"):
            act(path)


def test_diff_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for act in (UNIX.write, UNIX.diff):
        with pytest.raises(WriteError):
            act(tmp_path / "file")


def test_a_damaged_journal_is_no_crash(tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    for content in (b"", b"{", b"\xff", b"3", b"[3]", b'[["main.ml", null]]', b'[["../x", null, null]]'):
        (tmp_path / ASIDE).mkdir(exist_ok=True)
        (tmp_path / ASIDE / "journal.json").write_bytes(content)
        with contextlib.suppress(FunctoriaError):
            UNIX.write(tmp_path)
        shutil.rmtree(tmp_path / ASIDE, ignore_errors=True)
        UNIX.write(tmp_path)
        assert UNIX.diff(tmp_path) == []


def test_an_unwritable_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for directory in (tmp_path / "file", tmp_path / "file" / "project", Path("/proc/no/project")):
        with pytest.raises(WriteError, match=f"cannot write to {directory}") as caught:
            UNIX.write(directory)
        assert isinstance(caught.value, OSError)
    assert snapshot(tmp_path) == {"file": ("mine", 0o644)}


class Writing(RuleBasedStateMachine):
    """Write plans over each other while a user edits, adds and removes files: the user's files stay."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="writing"))
        self.mine: dict[str, str] = {}
        self.ours: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.directory)

    @rule(
        name=st.sampled_from(["main.ml", "dune", "network.xl", "notes.txt", "Makefile.user"]),
        text=st.sampled_from("ab"),
    )
    def edit(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text)
        self.mine[name] = text

    @rule(name=st.sampled_from(["main.ml", "dune", "network.xl", "notes.txt"]))
    def remove(self, name: str) -> None:
        (self.directory / name).unlink(missing_ok=True)
        self.mine.pop(name, None)

    @rule(plan=st.sampled_from(list(PLANS)), force=st.booleans())
    def write(self, plan: str, force: bool) -> None:
        before, files = snapshot(self.directory), PLANS[plan].files()
        conflicts = {change.name for change in PLANS[plan].diff(self.directory) if change.conflict}
        assert conflicts == {name for name in self.mine if name in files or name in self.ours}
        if conflicts and not force:
            with pytest.raises(FileConflict) as caught:
                PLANS[plan].write(self.directory)
            assert set(caught.value.objects) == conflicts
            assert snapshot(self.directory) == before
            return
        PLANS[plan].write(self.directory, force=force)
        for name in conflicts:
            del self.mine[name]
        self.ours = set(files)
        assert PLANS[plan].diff(self.directory) == []
        assert {name: (self.directory / name).read_text() for name in files} == files

    @rule(force=st.booleans())
    def clean(self, force: bool) -> None:
        before = snapshot(self.directory)
        if self.mine.keys() & self.ours and not force:
            with pytest.raises(FileConflict):
                Project(self.directory).clean()
            assert snapshot(self.directory) == before
            return
        Project(self.directory).clean(force=force)
        for name in self.mine.keys() & self.ours:
            del self.mine[name]
        self.ours = set()

    @invariant()
    def nothing_of_the_user_is_lost(self) -> None:
        assert {name: (self.directory / name).read_text() for name in self.mine} == self.mine

    @invariant()
    def nothing_else_is_left(self) -> None:
        left = set(snapshot(self.directory)) - self.ours - self.mine.keys()
        assert left <= {STATE}
        assert (STATE in left) == bool(self.ours)


TestWriting = Writing.TestCase
TestWriting.settings = settings(max_examples=40, stateful_step_count=15, deadline=None, derandomize=True)


def test_the_state_is_the_same_for_the_same_choices(tmp_path: Path) -> None:
    assert written_alone(XEN, tmp_path / "a") == written_alone(XEN, tmp_path / "b")
    one, two = foreign("Unikernel", job), foreign("Unikernel", job)
    assert written_alone(register("same", [one]).plan(), tmp_path / "c") == written_alone(
        register("same", [two]).plan(), tmp_path / "d"
    )
