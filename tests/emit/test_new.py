"""Projects of `functoria new` can be configured for every target, built, run and tested; no file is replaced."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria.errors import ConfigError, FileConflict, FunctoriaError, InvalidName, Unsupported
from functoria.loading.configuration import load
from functoria.ocaml.release import named, releases
from functoria.starter import checked_name, make, templates
from mirage_devices import TARGETS, v4
from tests.command_line import process
from tests.ocaml_runtime import Runtime, connected, echoes, free_port
from tests.projects import snapshot
from tests.tools import run

RELEASES = {"3.3": TARGETS, "4.11": v4.TARGETS}
TEMPLATES = ["block", "hello", "key-value", "network"]


def test_each_release_has_the_same_templates() -> None:
    assert {release: templates(named(release, releases())) for release in RELEASES} == dict.fromkeys(
        RELEASES, TEMPLATES
    )


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_project_is_configured_for_every_target(release: str, template: str, tmp_path: Path) -> None:
    made = make("my-first", tmp_path / "here", named(release, releases()), template)
    assert not any("@NAME@" in path.read_text() for path in made)
    app = load(tmp_path / "here" / "config.py")
    written = 0
    for target in RELEASES[release]:
        try:
            plan = app.plan(target=target)
        except Unsupported:
            assert (template, target) == ("block", "muen")
            continue
        plan.write(tmp_path / target, sources=tmp_path / "here")
        assert plan.diff(tmp_path / target, sources=tmp_path / "here") == []
        written += 1
    assert written >= len(RELEASES[release]) - 1


@pytest.mark.parametrize("name", ["first", "p-hello-33", "a_b-C"])
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_readme_names_the_program_and_what_it_needs(release: str, template: str, name: str, tmp_path: Path) -> None:
    make(name, tmp_path, named(release, releases()), template)
    readme = (tmp_path / "README.md").read_text()
    plan = load(tmp_path / "config.py").plan(target="unix")
    assert f"\n    build/{plan.root.device.result(plan.info)}\n" in readme
    assert "@" not in readme
    assert ("\n    truncate --size=1M disk.img\n" in readme) == (template == "block")
    assert "pytest" in (tmp_path / "requirements.txt").read_text().splitlines()


@pytest.mark.parametrize("release", RELEASES)
def test_projects_are_built_and_run(release: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """This uses the commands in the project's README, with the libraries of the tests instead of those that opam installs."""
    runtime: Runtime = request.getfixturevalue("runtime" if release == "3.3" else "runtime4")
    programs = {}
    for template in TEMPLATES:
        home = tmp_path / template
        for words, cwd in (
            (["new", "first", "--release", release, "--template", template, "-d", str(home)], tmp_path),
            (
                [
                    "configure",
                    "-t",
                    "unix",
                    "-b",
                    "build",
                    *(["--net=socket" if release == "3.3" else "--net=host"] * (template == "network")),
                ],
                home,
            ),
            (["build", "-b", "build"], home),
        ):
            done = process(*words, cwd=cwd, **runtime.variables)
            assert done.status == 0, done
        programs[template] = home / "build" / ("first" if release == "3.3" else "dist/first")
        assert f"    {programs[template].relative_to(home)}\n" in (home / "README.md").read_text()
    assert run(programs["hello"], "--greeting=Ciao", "--times=2").stdout == "Ciao\n" * 2
    assert run(programs["key-value"]).stdout == "Welcome to first.\n"
    (tmp_path / "disk.img").write_bytes(bytes(1 << 20))
    assert [run(programs["block"], cwd=tmp_path).stdout for _ in range(2)] == ["started 1 times\n", "started 2 times\n"]
    port = free_port(socket.SOCK_STREAM)
    with subprocess.Popen([str(programs["network"]), f"--port={port}"], stdout=subprocess.PIPE, text=True) as service:
        try:
            with connected(port, service) as client:
                echoes(client)
        finally:
            service.kill()


@pytest.mark.parametrize(("release", "template"), [("3.3", "hello"), ("4.11", "block")])
def test_a_project_s_own_tests_pass(release: str, template: str, tmp_path: Path) -> None:
    make("first", tmp_path / "first", named(release, releases()), template)
    path = os.pathsep.join(each for each in sys.path if each)
    done = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path / "first", PYTHONPATH=path)
    assert " passed" in done.stdout


def test_the_command_says_what_it_wrote_and_what_is_next(tmp_path: Path) -> None:
    done = process("new", "first", cwd=tmp_path)
    assert done.status == 0
    written = {line.removeprefix("wrote ") for line in done.out.splitlines() if line.startswith("wrote ")}
    assert written == {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert "first: a project for MirageOS 4.11 in first" in done.out
    before = snapshot(tmp_path)
    again = process("new", "first", cwd=tmp_path)
    assert again.status == 1
    assert "is there already: choose another directory, with -d, or move it away" in again.err
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("name", ["README.md", "config.py", ".github/workflows/test.yml"])
def test_what_is_there_is_not_replaced(name: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / name).parent.mkdir(parents=True)
    (place / name).write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(FileConflict, match="is there already"):
        make("first", place, releases()[0], "hello")
    assert snapshot(tmp_path) == before


def test_other_files_may_be_there(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("mine")
    made = make("first", tmp_path, releases()[0], "hello")
    assert (tmp_path / "LICENSE").read_text() == "mine"
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {*made, tmp_path / "LICENSE"}


def test_a_file_or_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(FunctoriaError, match=r"is there already|cannot write"):
            make("first", place, releases()[0], "hello")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@settings(deadline=None)
@given(name=st.text(max_size=70) | st.from_regex(r"[A-Za-z0-9_-]{1,70}", fullmatch=True))
def test_names_are_taken_or_refused(name: str) -> None:
    good = (
        name.isascii() and name[:1].isalpha() and name.replace("-", "a").replace("_", "a").isalnum() and len(name) <= 64
    )
    if good:
        assert checked_name(name) == name
    else:
        with pytest.raises(InvalidName, match="is not a name for a unikernel: write letters, digits"):
            checked_name(name)


@pytest.mark.parametrize(
    ("name", "hint"), [("my app", "such as my-app"), ("3.app", "such as app"), ("café", "such as caf")]
)
def test_a_name_that_was_meant_is_proposed(name: str, hint: str) -> None:
    with pytest.raises(InvalidName, match=hint):
        checked_name(name)


@pytest.mark.parametrize("name", ["dune", "Makefile"])
def test_names_that_a_build_cannot_have_leave_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidName, match=r"^the unikernel cannot have that name: "):
        make(name, tmp_path / "x", named("3.3", releases()), "hello")
    assert list(tmp_path.iterdir()) == []


def test_a_template_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no template helo: did you mean hello\?"):
        make("first", tmp_path / "x", releases()[0], "helo")
    assert "there is no release 5" in process("new", "first", "--release", "5", cwd=tmp_path).err
    assert list(tmp_path.iterdir()) == []
