"""Files prepared by others around a project: every field of a state file, links on the way to a configuration, neighbours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria.errors import ConfigError, InvalidName, WriteError
from functoria.location import Location
from functoria.project.build import clean
from functoria.project.configuration import configuration, way
from functoria.project.kinds import STATE
from functoria.project.reading import LARGEST, holds_dune_files, look
from functoria.project.state import State
from mirage_devices.v4.source import Source, source_of
from tests.command_line import Cli, config, one_line, process
from tests.projects import UNIX, snapshot

ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=6)
    | st.sampled_from(
        ["../x", "/etc/passwd", "a\nb", "\ud800", "\0", "x" * 70_000, "\x1b[2K", "unix", "config.py", "."]
    )
)
VALUES = st.recursive(
    ODD,
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(st.sampled_from(["target", "one", "main.ml", "config.py", "a", "../x"]), each, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(["format", "app", "config", "output", "context", "files", "products", "more"]), VALUES)
@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_a_field_of_the_state_file_holds_is_taken_or_refused(
    cli: Cli, tmp_path: Path, field: str, value: Any
) -> None:
    if not (tmp_path / "good").exists():
        config(tmp_path, 'app = register("plain", [main], keys=[Key.opt("one", arg.string, default="x")])')
        assert cli("configure").status == 0
        (tmp_path / "good").write_bytes((tmp_path / STATE).read_bytes())
    state = json.loads((tmp_path / "good").read_text())
    (tmp_path / STATE).write_text(json.dumps({**state, field: value}))
    before = snapshot(tmp_path)
    for words in (("configure", "--dry-run"), ("clean", "--dry-run"), ("clean", "--dry-run", "--force"), ("build",)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done = cli(*words)
        assert done.status in (0, 1, 2)
        for line in (done.out + done.err).split("\n"):
            assert line.isprintable(), words
    assert {name: held for name, held in snapshot(tmp_path).items() if "__pycache__" not in name} == {
        name: held for name, held in before.items() if "__pycache__" not in name
    }


@pytest.fixture(autouse=True)
def no_dune(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make building impossible, because these tests only check how far it gets."""
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.mark.parametrize("said", ["\ud800", "\ud800/x", "x/\ud800", "../\ud800.py"])
def test_a_configuration_of_a_name_that_no_file_has(said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="which is not a path"):
        configuration(tmp_path, State(config=said))


def test_where_a_configuration_leads_is_said(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    config(tmp_path / "there", 'app = register("plain", [main])')
    (tmp_path / "between.py").symlink_to("there/config.py")
    project = tmp_path / "project"
    project.mkdir()
    (project / "config.py").symlink_to("../between.py")
    assert list(way(project / "config.py")) == [
        project / "config.py",
        project / "../between.py",
        tmp_path / "there" / "config.py",
    ]
    assert process("configure", cwd=project).status == 0
    done = process("clean", cwd=project)
    assert done.out.startswith(f"configuration: {project}/config.py, a link to {tmp_path}/there/config.py\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make links of other users")
@pytest.mark.parametrize("foreign", ["config.py", "../between.py", "../there.py"])
def test_no_link_on_the_way_to_a_configuration_is_somebody_else_s(foreign: str, tmp_path: Path) -> None:
    """The owner of such a link could make it lead elsewhere."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "there.py").write_text("")
    (tmp_path / "between.py").symlink_to(tmp_path / "there.py")
    (project / "config.py").symlink_to("../between.py")
    assert configuration(project, State(config="config.py")) == project / "config.py"
    os.lchown(project / foreign, 1, 0)
    with pytest.raises(ConfigError, match="belongs to the user 1, who is neither you nor the owner"):
        configuration(project, State(config="config.py"))
    os.lchown(project, 1, 0)
    assert configuration(project, State(config="config.py")) == project / "config.py"


def test_a_link_that_leads_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "config.py").symlink_to("config.py")
    assert len(list(way(tmp_path / "config.py"))) == 40
    one_line(process("configure", cwd=tmp_path), 1, "Too many levels of symbolic links")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [a_pipe, endless])
def test_a_configuration_that_is_not_a_file_is_refused_at_once(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "config.py")
    for words in (("configure",), ("describe",), ("audit", "--release", "a.1")):
        done = process(*words, cwd=tmp_path)
        assert done.status == 1
        assert "is not a file" in done.err or "cannot be read" in done.err
    (tmp_path / STATE).write_text(State("plain", "config.py", None, {}, {}, []).text())
    done = process("build", cwd=tmp_path)
    assert done.status == 1
    # Only root is the owner of a device.
    assert "is not a file" in done.err or (os.geteuid() and "belongs to the user 0" in done.err), done


def test_links_to_what_they_lie_in_are_looked_at_once(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "one", tmp_path / "one" / "two"):
        place.mkdir(exist_ok=True)
        for number in range(20):  # 20 ** 40 paths
            (place / f"again{number}").symlink_to(tmp_path)
    assert not holds_dune_files(tmp_path)
    assert look(tmp_path, (), ()).files == ()
    (tmp_path / "one" / "two" / "dune").touch()
    assert holds_dune_files(tmp_path)


def test_a_dune_file_without_end_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    with (tmp_path / "lib" / "dune").open("wb") as file:
        file.truncate(LARGEST + 1)
    found = look(tmp_path, (), ())
    assert found.dune_files == {"lib": None}
    assert not found.complete
    (tmp_path / "lib" / "dune").write_text(" " * LARGEST)
    assert look(tmp_path, (), ()).dune_files == {"lib": ()}


def work_tree(top: Path) -> Path:
    (top / ".git").mkdir()
    (top / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (top / ".git" / "config").write_text('[remote "origin"]\n\turl = git@example.org:me/it.git\n')
    return top


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_000_000)


def blank(path: Path) -> None:
    path.write_text("\n \t" * 300_000)


def unpaired(path: Path) -> None:
    path.write_bytes(b"\xff" * 10)


@pytest.mark.parametrize("make", [a_pipe, endless, sparse, blank, unpaired])
@pytest.mark.parametrize("name", ["HEAD", "config", "commondir"])
def test_what_others_prepared_as_git_s_says_nothing(make: Callable[[Path], None], name: str, tmp_path: Path) -> None:
    assert source_of(work_tree(tmp_path)) == Source("git+https://example.org/me/it.git#main")
    (tmp_path / ".git" / name).unlink(missing_ok=True)
    make(tmp_path / ".git" / name)
    if name == "commondir" and make in (a_pipe, endless, blank):
        assert source_of(tmp_path).url is not None  # a special or empty file counts as none
    else:
        assert source_of(tmp_path) == Source()


GONE = """
import os, sys
os.rmdir(os.getcwd())
from functoria.errors import InvalidName
from functoria.location import Location
from mirage_devices.v4 import job, main, register, runtime_arg
print(Location("/a/config.py", 3), Location("config.py", 3))
try:
    register("a b", [])
except InvalidName as error:
    print(error)
app = register("x", [main("Unikernel", job, runtime_args=[runtime_arg("Unikernel.hello")])])
print(app.root.source)
try:
    app.plan(target="none")
except ValueError as error:
    print(str(error).splitlines()[0])
"""


def test_errors_are_told_where_the_working_directory_is_gone(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", GONE], cwd=tmp_path / "gone", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert first == "/a/config.py:3 config.py:3"
    assert "none" in last
    assert "Source(url=None" in done.stdout


def test_places_are_relative_to_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(Location(f"{tmp_path}/config.py", 3)) == "config.py:3"
    assert str(Location(f"{tmp_path}2/config.py", 3)) == f"{tmp_path}2/config.py:3"
    assert issubclass(InvalidName, ValueError)


def test_directories_that_are_claimed_are_not_walked_again_and_again(tmp_path: Path) -> None:
    """There are many of them, each in the previous one. Operations are counted, because time depends on the machine."""
    UNIX.write(tmp_path)
    names, here = [], os.open(tmp_path, os.O_RDONLY)
    for number in range(200):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
        names.append("/".join(["d"] * (number + 1)))
    os.close(here)
    state = json.loads((tmp_path / STATE).read_text())
    state["files"] |= dict.fromkeys(names, "x")
    (tmp_path / STATE).write_text(json.dumps(state))
    listed = 0
    real = os.listdir

    def counting(*arguments: Any) -> list[str]:
        nonlocal listed
        listed += 1
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patched, warnings.catch_warnings():
        patched.setattr(os, "listdir", counting)
        warnings.simplefilter("ignore")
        assert UNIX.diff(tmp_path) == []
    assert listed < 10
    clean(tmp_path, UNIX, built=True)


@pytest.mark.parametrize("below", [False, True])
def test_a_link_to_the_whole_machine_is_refused(below: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's own directories are not counted."""
    monkeypatch.setattr("functoria.project.reading.LINKED", 30)
    machine, sources = tmp_path / "machine", tmp_path / "sources"
    for number in range(40):
        (machine / f"m{number % 7}" / str(number)).mkdir(parents=True)
        (sources / f"s{number % 7}" / str(number)).mkdir(parents=True)
    assert look(sources, (), ()).files == ()
    link = sources / "s1" / "link" if below else sources / "link"
    link.symlink_to(machine)
    for act in (lambda: look(sources, (), ()), lambda: holds_dune_files(sources), lambda: UNIX.diff(sources)):
        with pytest.raises(WriteError, match=rf"{link} leads to more than 30 directories, .*: remove that link"):
            act()
    (machine / "m3" / "dune").touch()
    link.unlink()
    for number in range(7):
        (sources / f"to{number}").symlink_to(machine / f"m{number}")  # each leads to few
    assert "to3" in look(sources, (), ()).dune_files


def test_what_building_made_of_holes_is_not_compared(tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    (tmp_path / "_build" / "default").mkdir(parents=True)
    (tmp_path / "_build" / "log").touch()
    for place in (tmp_path, tmp_path / "_build" / "default"):
        with (place / "hello").open("wb") as file:
            file.truncate(50_000_000_000)
    with pytest.warns(UserWarning, match="hello: left as it is, because _build has nothing like that"):
        assert [path.name for path in clean(tmp_path, UNIX, built=True)] == ["_build"]
    (tmp_path / "_build").mkdir()
    (tmp_path / "_build" / "log").touch()
    assert {path.name for path in clean(tmp_path, UNIX, built=True, force=True)} == {"hello", "_build"}
