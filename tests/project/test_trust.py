"""State files and journals prepared by others are trusted only within limits."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria import Device, Info, Job, Key, Plan, arg, job
from functoria.emit.emitter import HEADER
from functoria.errors import ConfigError, FileConflict, FunctoriaError, WriteError
from functoria.project import transaction
from functoria.project.build import clean
from functoria.project.configuration import configuration
from functoria.project.directory import Project
from functoria.project.journal import JOURNAL
from functoria.project.kinds import ASIDE, STATE
from functoria.project.lock import locked
from functoria.project.state import State
from functoria.project.transaction import recover
from functoria.project.tree import fingerprint, link_mark
from mirage_devices import register
from tests.command_line import PLAIN, Cli, config, one_line, process
from tests.project.faults import Stopped
from tests.project.test_project import naming
from tests.projects import HVT, PLANS, UNIX, XEN, Act, snapshot

CLONE = {
    "config.py": "print('config')\n",
    "unikernel.ml": "let start = ()\n",
    "README.md": "# mine\n",
    "data/page.html": "<html>\n",
    ".git/config": "[core]\n",
    ".github/workflows/ci.yml": "on: push\n",
    "LICENSE": "ISC\n",
    "lib/lib.opam": "opam-version: 2\n",
    "sub/Makefile": "all:\n",
    "script.sh": "#!/bin/sh\n",
}
"""Files of a project's author, none of which is of a kind that the library writes."""


def clone(directory: Path, **more: Any) -> dict[str, tuple[str, int]]:
    """Write the files of CLONE to a directory, with a state file that claims all of them, and return its snapshot."""
    directory.mkdir(exist_ok=True)
    for name, text in CLONE.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    claims(directory, {name: fingerprint(text.encode()) for name, text in CLONE.items() if ".git/" not in name}, **more)
    return snapshot(directory)


def claims(directory: Path, files: dict[str, str], **more: Any) -> None:
    state = State("hello", "config.py", None, {"target": "unix"}, files, [])
    data = {**json.loads(state.text()), **more}
    (directory / STATE).write_text(json.dumps(data))


def theirs(directory: Path) -> dict[str, str]:
    return {name: (directory / name).read_text() for name in CLONE if (directory / name).exists()}


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("force", [False, True])
def test_files_that_only_the_state_claims_are_neither_removed_nor_replaced(
    force: bool, edited: bool, tmp_path: Path
) -> None:
    clone(tmp_path, products=list(CLONE))
    if edited:
        for name in CLONE:
            (tmp_path / name).write_text("edited\n")
    before = theirs(tmp_path)
    acts: list[Act] = [
        lambda: XEN.diff(tmp_path),
        lambda: clean(tmp_path, UNIX, force=force, dry_run=True),
        lambda: UNIX.write(tmp_path, force=force),
        lambda: XEN.write(tmp_path, force=force),
        lambda: clean(tmp_path, UNIX, force=force),
        lambda: Project(tmp_path).clean(force=force),
    ]
    for act in acts:
        if not edited:
            clone(tmp_path, products=list(CLONE))
        with warnings.catch_warnings(record=True), contextlib.suppress(FileConflict):
            act()
        assert theirs(tmp_path) == before


def test_what_is_left_is_told(tmp_path: Path) -> None:
    clone(tmp_path)
    for act in (lambda: UNIX.diff(tmp_path), lambda: clean(tmp_path, UNIX, dry_run=True)):
        with pytest.warns(UserWarning, match=r"config\.py.*left as they are, because only the state file claims"):
            act()
    with pytest.warns(UserWarning, match=r"README\.md.*left as they are"):
        UNIX.write(tmp_path)
    assert State.load(tmp_path).files.keys() == UNIX.files().keys()  # type: ignore[union-attr]


names = st.sampled_from(["a", "a.ml", "dune", "x.opam", "main.ml", "sub/dune", "sub/a.py", "Makefile", "z.xl", "d/e/f"])


@given(
    st.dictionaries(names, st.sampled_from(["mine\n", f"(* {HEADER} *)\n"])),
    st.dictionaries(names, st.booleans()),
    st.booleans(),
)
@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_only_what_is_marked_as_ours_goes_and_by_force_what_is_named_so(
    tmp_path: Path, files: dict[str, str], claimed: dict[str, bool], force: bool
) -> None:
    """This concerns the files that the state file claims, whether or not they were edited since."""
    project = tmp_path / "project"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    marks = {name: files.get(name, "mine\n") if as_it_is else "before\n" for name, as_it_is in claimed.items()}
    claims(project, {name: fingerprint(text.encode()) for name, text in marks.items()})
    named = {"dune", "x.opam", "main.ml", "Makefile"}
    ours = {name for name in claimed.keys() & files.keys() if files[name] != "mine\n"}
    edited = {name for name in claimed.keys() & files.keys() if not claimed[name] and name in named | ours}
    removed: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(FileConflict) if edited and not force else contextlib.nullcontext():
            removed = {str(path.relative_to(project)) for path in Project(project).clean(force=force)}
    assert removed == (set() if edited and not force else ours | edited)
    assert {name for name in files if (project / name).exists()} == files.keys() - removed


def test_links_that_the_state_claims_go_only_as_they_were(tmp_path: Path) -> None:
    tmp_path.joinpath("there").write_text("there\n")
    project = tmp_path / "project"
    project.mkdir()
    for name in ("one", "two"):
        (project / name).symlink_to("../there")
    claims(project, {"one": link_mark("../there"), "two": link_mark("elsewhere")})
    with pytest.warns(UserWarning, match="two: left"):
        Project(project).clean(force=True)
    assert [path.name for path in project.iterdir()] == ["two"]
    assert tmp_path.joinpath("there").read_text() == "there\n"


@pytest.mark.parametrize(
    "name",
    [
        ".git/hooks/pre-commit",
        ".GIT/config",
        "sub/.git/config",
        ".g\u200cit/config",
        ".\ufeffGit/config",
        ".git./config",
        "sub/.git /config",
        "GIT~1/config",
        "git~1",
        ".functoria\u200d-state.json",
        ".hg/hgrc",
        "_darcs/prefs",
        ASIDE,
        f"{ASIDE}/0",
        STATE,
        "a//b",
        "./a",
        "a/",
        "a/./b",
        "/etc/x",
        "..",
        "a/../b",
        "",
        ".",
        "a\0b",
        "\ud800",
    ],
)
def test_names_that_no_file_of_a_project_has(name: str, tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    state = json.loads((tmp_path / STATE).read_text())
    state["files"][name] = fingerprint(b"")
    (tmp_path / STATE).write_text(json.dumps(state))
    before = snapshot(tmp_path)
    acts: list[Act] = [lambda: UNIX.diff(tmp_path), lambda: UNIX.write(tmp_path), Project(tmp_path).clean]
    for act in acts:
        with pytest.raises(FileConflict, match="which is not a file of a project"):
            act()
        assert snapshot(tmp_path) == before
    UNIX.write(tmp_path, force=True)
    assert UNIX.diff(tmp_path) == []
    with pytest.raises(FunctoriaError):
        naming({name: "text\n"}).write(tmp_path)


def test_products_that_are_claimed_are_not_removed(tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    state = json.loads((tmp_path / STATE).read_text())
    (tmp_path / "precious").write_text("mine\n")
    (tmp_path / "_build" / "default").mkdir(parents=True)
    (tmp_path / "_build" / "default" / "precious").write_text("mine\n")
    (tmp_path / "_build" / "log").write_text("")
    state["products"] = ["precious", "../precious", "hello"]
    (tmp_path / STATE).write_text(json.dumps(state))
    (tmp_path / "hello").write_text("not built\n")
    with pytest.warns(UserWarning, match="hello: left as it is, because _build has nothing like that"):
        removed = clean(tmp_path, UNIX)
    assert {path.name for path in removed} == {*UNIX.files(), "_build"}
    assert snapshot(tmp_path).keys() == {"precious", "hello"}


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("output", ["config.py", "unikernel.ml", "LICENSE", "data", "hello"])
def test_a_result_that_the_state_file_names_is_not_removed_if_it_is_text(
    output: str, force: bool, cli: Cli, tmp_path: Path
) -> None:
    """Even if the configuration would give it this name for that output, and others prepared a result with the same content."""
    config(tmp_path, 'app = register("hello", [main])')
    assert cli("configure", "-o", "prog").status == 0
    (tmp_path / "_build" / "default").mkdir(parents=True)
    (tmp_path / "_build" / "log").write_text("")
    for name in ("config.py", "unikernel.ml", "LICENSE", "data"):
        if name != "config.py":
            (tmp_path / name).write_text("mine\n")
        shutil.copy(tmp_path / name, tmp_path / "_build" / "default" / name)
    (tmp_path / "hello").write_bytes(b"\x7fELF\0")
    shutil.copy(tmp_path / "hello", tmp_path / "_build" / "default" / "hello")
    state = json.loads((tmp_path / STATE).read_text())
    state["files"] |= {name: fingerprint((tmp_path / name).read_bytes()) for name in ("config.py", "unikernel.ml")}
    (tmp_path / STATE).write_text(json.dumps({**state, "output": output, "products": [output]}))
    before = {path.name for path in tmp_path.iterdir()}
    done = cli("clean", *(["--force"] if force else []))
    left = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}
    if output == "unikernel.ml":  # a name that no configuration accepts
        assert (done.status, left) == (1, before)
        return
    assert done.status == 0
    assert left == {"config.py", "unikernel.ml", "LICENSE", "data"} | ({"hello"} if output != "hello" else set())


def test_files_that_choices_of_the_state_file_name_need_to_be_marked(tmp_path: Path) -> None:
    """If a device names a file by a key, it is asked with the choices in the state file."""

    class Named(Device[Job]):
        type = job
        module = "Named"
        keys = (Key.opt("file", arg.string, default="data.txt"),)

        def files(self, info: Info) -> dict[str, str]:
            return {info.get(self.keys[0]): "text\n"}

    app = register("named", [Named()])
    (tmp_path / "precious.txt").write_text("text\n")
    claims(tmp_path, {"precious.txt": fingerprint(b"text\n")}, context={"target": "unix", "file": "precious.txt"})
    plan = app.plan(State.load(tmp_path).context)  # type: ignore[union-attr]
    assert "precious.txt" in plan.contents
    with pytest.warns(UserWarning, match=r"precious\.txt: left as it is"):
        clean(tmp_path, plan, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


@pytest.mark.parametrize("kind", ["a link", "of others", "deep"])
def test_the_directory_of_builds_is_removed_if_it_is_one(kind: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    UNIX.write(project)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/log").write_text("mine\n")
    if kind == "a link":
        (project / "_build").symlink_to("../precious")
    elif kind == "of others":
        (project / "_build").mkdir()
        (project / "_build/mine").write_text("mine\n")
    else:
        place = project / "_build"
        place.mkdir()
        (place / "log").write_text("")
        (place / "out").symlink_to(tmp_path / "precious")
        here = os.open(place, os.O_RDONLY)
        for number in range(1200):
            os.mkdir("d", dir_fd=here)
            if number % 200 == 0:
                os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
            inner = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        os.close(here)
    clean(project, UNIX)
    assert (tmp_path / "precious/log").read_text() == "mine\n"
    assert os.path.lexists(project / "_build") == (kind != "deep")


# The configuration


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("config.py", True),
        ("other.py", True),
        ("../config.py", True),
        ("../../config.py", True),
        (None, True),
        ("sub/config.py", False),
        ("../beside/config.py", False),
        ("link.py", True),
        ("sub/../../beside/config.py", False),
        ("a\0b", False),
        ("/etc/passwd", False),
        ("", True),
    ],
)
def test_only_a_configuration_beside_or_above_is_taken(said: str | None, taken: bool, tmp_path: Path) -> None:
    project = tmp_path / "top" / "project"
    for place in (tmp_path, project, project.parent, project / "sub", tmp_path / "top" / "beside"):
        place.mkdir(parents=True, exist_ok=True)
        (place / "config.py").write_text("")
        (place / "other.py").write_text("")
    (project / "link.py").symlink_to("../beside/config.py")
    state = State(config=said)
    if taken:
        found = configuration(project, state)
        assert found.parent in (project, *project.parents)
        assert found.name == Path(said or "config.py").name
    else:
        with pytest.raises(ConfigError, match="-f"):
            configuration(project, state)


RUNS = "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n"


def test_what_the_state_file_names_is_not_run(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    config(project, PLAIN)
    assert process("configure", cwd=project).status == 0
    (tmp_path / "beside").mkdir()
    evil = tmp_path / "beside" / "evil.py"
    evil.write_text(RUNS)
    for said in ("../beside/evil.py", str(evil), "../beside/../beside/evil.py"):
        state = json.loads((project / STATE).read_text())
        (project / STATE).write_text(json.dumps({**state, "config": said}))
        done = process("build", cwd=project)
        one_line(done, 1, f"configured by {evil}, which lies neither there nor above", f"-f {evil}")
        assert not evil.with_suffix(".ran").exists()
        done = process("clean", "--dry-run", cwd=project)
        assert not evil.with_suffix(".ran").exists()
        assert (done.status, "which lies neither there nor above" in done.err) == (0, True)


def test_the_configuration_that_is_run_is_named_before_it_runs(tmp_path: Path) -> None:
    file = config(tmp_path, PLAIN)
    assert process("configure", "-b", "out", cwd=tmp_path).status == 0
    config(tmp_path, "print('running')\nraise SystemExit")
    done = process("build", "-b", "out", cwd=tmp_path)
    assert done.out == f"configuration: {file}\n"
    assert done.err.startswith("running\n")
    assert "at config.py" in done.err or f"at {file}" in done.err


# Owners


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of other users")
@pytest.mark.parametrize(
    ("directory", "file", "taken"), [(0, 0, True), (1, 1, True), (1, 0, True), (0, 1, False), (1, 2, False)]
)
def test_a_state_file_of_neither_the_user_nor_the_directory_s_owner_is_refused(
    directory: int, file: int, taken: bool, tmp_path: Path
) -> None:
    UNIX.write(tmp_path)
    os.chown(tmp_path, directory, 0)
    os.chown(tmp_path / STATE, file, 0)
    before = snapshot(tmp_path)
    acts: list[Act] = [lambda: HVT.diff(tmp_path), lambda: HVT.write(tmp_path), Project(tmp_path).clean]
    if taken:
        for act in acts:
            act()
        assert list(tmp_path.iterdir()) == []
        return
    for act in acts:
        with pytest.raises(FileConflict, match=rf"belongs to the user {file}, who is neither .*chown 0.*--force"):
            act()
        assert snapshot(tmp_path) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of other users")
def test_a_configuration_of_somebody_else_is_not_run(tmp_path: Path) -> None:
    project = tmp_path / "out"
    file = config(tmp_path, PLAIN)
    assert process("configure", "-b", "out", cwd=tmp_path).status == 0
    os.chown(file, 1, 0)
    one_line(
        process("build", "-b", "out", cwd=tmp_path), 1, "config.py belongs to the user 1, who is neither you", "-f"
    )
    os.chown(project, 1, 0)
    assert "dune" in process("build", "-b", "out", cwd=tmp_path, PATH="/nowhere").err


def test_a_project_that_was_moved_or_copied_is_as_it_was(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    XEN.write(one)
    shutil.copytree(one, two)
    shutil.move(one, tmp_path / "three")
    for place in (two, tmp_path / "three"):
        assert XEN.diff(place) == []
        assert {change.conflict for change in UNIX.diff(place)} == {False}
        UNIX.write(place)
        Project(place).clean()
        assert list(place.iterdir()) == []


# Journals


def interrupted(directory: Path, before: Plan = UNIX, then: Plan = XEN) -> None:
    """Make a project in which writing `then` was interrupted when it had become certain, before anything was in place."""

    def stop(*arguments: object) -> None:
        raise Stopped

    before.write(directory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "_carry_out", stop)
        with pytest.raises(Stopped):
            then.write(directory)
    assert (directory / JOURNAL).exists()


def test_what_is_left_to_do_is_shown_step_by_step(tmp_path: Path) -> None:
    interrupted(tmp_path)
    (tmp_path / "main.ml").write_text("mine\n")
    before = snapshot(tmp_path)
    pending = [change for change in XEN.diff(tmp_path) if change.pending]
    assert snapshot(tmp_path) == before
    shown = {str(change) for change in pending}
    assert "finish: create network.xl, which was interrupted" in shown
    assert "finish: remove mirage-unikernel-hello-unix.opam, which was interrupted" in shown
    assert "leave main.ml (edited since replace main.ml, which was interrupted)" in shown
    (replaced,) = (change for change in pending if change.name == "dune")
    assert (replaced.before, replaced.after) == (UNIX.files()["dune"], XEN.files()["dune"])
    assert {change.name for change in pending} == {
        name for name in XEN.files().keys() | UNIX.files().keys() if XEN.files().get(name) != UNIX.files().get(name)
    }
    with pytest.raises(FileConflict, match=r"main\.ml was not written"):
        XEN.write(tmp_path)
    assert (tmp_path / "main.ml").read_text() == "mine\n"


@pytest.mark.parametrize("name", ["main.ml", "mirage-unikernel-hello-unix.opam", "network.xl"])
def test_a_file_that_was_edited_since_is_left_by_recovering(name: str, tmp_path: Path) -> None:
    """This covers a file to replace, one to remove, and one to create."""
    interrupted(tmp_path)
    (tmp_path / name).write_text("mine\n")
    with locked(tmp_path) as tree:
        assert recover(tree).edited == (name,)
    assert (tmp_path / name).read_text() == "mine\n"
    assert not (tmp_path / ASIDE).exists()
    assert {each: text for each, (text, _) in snapshot(tmp_path).items() if each not in (name, STATE)} == {
        each: text for each, text in XEN.files().items() if each != name
    }


@pytest.mark.parametrize("name", ["a/gone", "a/changed", "a/come", "a/b/come"])
def test_recovering_goes_through_no_link(name: str, tmp_path: Path) -> None:
    """A directory was replaced by a link to one with the same files."""
    one, two = (f"{HEADER} {number}\n" for number in (1, 2))
    before = {"a/gone": one, "a/changed": one, "z": one}
    then = {"a/changed": two, "a/come": two, "a/b/come": two, "z": two}
    project, outside = tmp_path / "project", tmp_path / "outside"
    interrupted(project, naming(before), naming(then))
    shutil.move(project / "a", outside)
    (outside / "b").mkdir()
    (project / "a").symlink_to("../outside")
    was = snapshot(outside)
    with locked(project) as tree:
        edited = recover(tree).edited
    assert snapshot(outside) == was
    assert (name in edited) == (name in then)
    assert (project / "z").read_text() == two


def test_the_command_line_shows_what_is_left_and_what_is_removed(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    assert cli("configure", "-b", "out", "-t", "xen").status == 0
    dry = cli("configure", "-b", "out", "--dry-run").out.splitlines()
    assert "remove plain.xl" in dry
    assert "removed out/plain.xl" in cli("configure", "-b", "out").out.splitlines()
    going = [line.split(maxsplit=1) for line in cli("clean", "-b", "out", "--dry-run").out.splitlines()[1:]]
    assert {verb for verb, _ in going} == {"remove"}
    gone = [line.split(maxsplit=1) for line in cli("clean", "-b", "out").out.splitlines()[1:-1]]
    assert {verb for verb, _ in gone} == {"removed"}
    assert [path for _, path in going] == [path for _, path in gone]
    assert "out/main.ml" in [path for _, path in gone]


@pytest.mark.parametrize("how", ["copied", "moved into another", "made up"])
def test_a_journal_of_another_directory_is_refused(how: str, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    interrupted(one)
    if how == "copied":
        shutil.copytree(one, two, symlinks=True)
    else:
        UNIX.write(two)
        shutil.move(one / ASIDE, two / ASIDE)
        if how == "made up":
            journal = json.loads((two / JOURNAL).read_text())
            found = two.stat()
            journal["directory"] = [found.st_dev, 0, found.st_ino + 1]
            (two / JOURNAL).write_text(json.dumps(journal))
    before = snapshot(two)
    acts: list[Act] = [
        lambda: XEN.diff(two),
        lambda: XEN.write(two),
        lambda: XEN.write(two, force=True),
        Project(two).clean,
        lambda: Project(two).clean(force=True),
    ]
    for act in acts:
        with pytest.raises(WriteError, match=r"was left by a change of another directory: .*remove it"):
            act()
        assert snapshot(two) == before
    shutil.rmtree(two / ASIDE)
    XEN.write(two)
    assert XEN.diff(two) == []


def test_a_journal_whose_directory_was_moved_is_finished(tmp_path: Path) -> None:
    interrupted(tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "two")
    assert not [change for change in XEN.diff(tmp_path / "two") if not change.pending]
    XEN.write(tmp_path / "two")
    assert XEN.diff(tmp_path / "two") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of other users")
@pytest.mark.parametrize("name", [ASIDE, JOURNAL, "owner"])
def test_a_journal_of_another_user_is_refused(name: str, tmp_path: Path) -> None:
    interrupted(tmp_path)
    if name == "owner":
        data = json.loads((tmp_path / JOURNAL).read_text())
        (tmp_path / JOURNAL).write_text(json.dumps({**data, "owner": 1}))
    else:
        os.chown(tmp_path / name, 1, 0)
    before = snapshot(tmp_path)
    for act in (lambda: XEN.diff(tmp_path), lambda: XEN.write(tmp_path), Project(tmp_path).clean):
        with pytest.raises(WriteError, match=r"belongs to the user 1|of another directory"):
            act()
        assert snapshot(tmp_path) == before
    os.chown(tmp_path, 1, 0)  # the owner of the directory may have begun it
    XEN.write(tmp_path)
    assert XEN.diff(tmp_path) == []


@pytest.mark.parametrize(("said", "taken"), [(6, False), (7, True), (8, False)])
def test_a_journal_follows_its_file_system_to_another_device_number(
    said: int, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(tmp_path)
    found = tmp_path.stat()
    data = json.loads((tmp_path / JOURNAL).read_text())
    (tmp_path / JOURNAL).write_text(json.dumps({**data, "directory": [found.st_dev + 1, said, found.st_ino]}))
    real = os.statvfs(tmp_path)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((*real[:10], 7)))
    if taken:
        XEN.write(tmp_path)
        assert XEN.diff(tmp_path) == []
    else:
        with pytest.raises(WriteError, match="of another directory"):
            XEN.write(tmp_path)


def a_link(path: Path) -> None:
    path.symlink_to("../precious")


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to("nothing")


def a_file(path: Path) -> None:
    path.write_text("mine\n")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def with_a_file(path: Path) -> None:
    path.mkdir()
    (path / "mine.txt").write_text("mine\n")


def with_a_directory(path: Path) -> None:
    (path / "0" / "deep").mkdir(parents=True)


@pytest.mark.parametrize("make", [a_link, a_link_to_nothing, a_file, a_pipe, with_a_file, with_a_directory])
def test_what_has_the_name_of_the_files_aside_and_is_not_ours_is_refused(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    project = tmp_path / "project"
    UNIX.write(project)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/0").write_text("mine\n")
    make(project / ASIDE)
    before = snapshot(tmp_path)
    acts: list[Act] = [lambda: XEN.diff(project), lambda: XEN.write(project, force=True), Project(project).clean]
    for act in acts:
        with pytest.raises(WriteError, match="look at it, and remove it"):
            act()
        assert snapshot(tmp_path) == before


@pytest.mark.parametrize("plan", PLANS)
def test_a_stolen_name_in_a_journal_is_refused(plan: str, tmp_path: Path) -> None:
    interrupted(tmp_path)
    data = json.loads((tmp_path / JOURNAL).read_text())
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("mine\n")
    for name in (".git/config", f"{ASIDE}/journal.json", "../x"):
        steps = [[name, fingerprint(b"mine\n"), None], *data["steps"]]
        (tmp_path / JOURNAL).write_text(json.dumps({**data, "steps": steps}))
        with pytest.raises(WriteError, match=r"journal\.json is damaged"):
            PLANS[plan].write(tmp_path)
        assert (tmp_path / ".git/config").read_text() == "mine\n"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["0", "a", "format"]), x, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(["format", "directory", "owner", "directories", "steps", "nothing"]),
)
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_journal_at_all_is_taken_or_refused(tmp_path: Path, value: Any, key: str) -> None:
    project = tmp_path / "project"
    if not project.exists():
        interrupted(project)
        shutil.copytree(project / ASIDE, tmp_path / "kept", symlinks=True)
    shutil.rmtree(project / ASIDE, ignore_errors=True)
    shutil.copytree(tmp_path / "kept", project / ASIDE, symlinks=True)
    data = json.loads((project / JOURNAL).read_text())
    (project / JOURNAL).write_text(json.dumps({**data, key: value}))
    before = snapshot(project)
    try:
        changes = XEN.diff(project)
    except WriteError:
        assert snapshot(project) == before
        return
    assert snapshot(project) == before
    assert all(change.pending for change in changes) or value in (data.get(key), None, [], {})
