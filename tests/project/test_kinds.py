"""Generated files are recognised, and files that people write are not, over all plans of both releases."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria import Node, Plan
from functoria.emit.emitter import HEADER
from functoria.errors import FileConflict, FunctoriaError
from functoria.project.build import clean
from functoria.project.directory import Project
from functoria.project.journal import JOURNAL
from functoria.project.kinds import ASIDE, NAMES, STATE, Kinds, made
from functoria.project.state import State
from functoria.project.tree import Tree, fingerprint, link_mark
from functoria.sexp import Sexp, parse
from tests import recorded, recorded411
from tests.project.test_trust import CLONE, interrupted
from tests.projects import HVT, UNIX, XEN, Act, snapshot

HERE = Path(__file__).parents[2]
PEOPLES = {
    "dune": "(executable (name main) (libraries lwt))\n",
    "dune-project": "(lang dune 3.0)\n",
    "Makefile": "all:\n\tdune build\n",
    "mine.opam": 'opam-version: "2.0"\n',
    "main.ml": 'let () = print_endline "hello"\n',
    "key_gen.ml": "let hello () = 1\n",
    "NOTES.md": "# Notes\n\nMade by functoria, and by me.\n",
    "hello.xl": "name = 'hello'\n",
    "link.sh": '#!/bin/sh\nld "$@"\n',
    "dune.build": "(rule (targets x) (action (write-file x x)))\n",
    "mirage/notes.ml": "let x = 1\n",
    "dist/dune": "(rule (targets y) (action (write-file y y)))\n",
    **CLONE,
}
"""Files written by people, under names that generated files have too, and under others."""


@pytest.fixture(scope="module")
def plans() -> list[tuple[str, Plan]]:
    """Return the plans of all recorded configurations, of both releases. They are large, so only this module keeps them."""
    found = []
    for module, cases in ((recorded, recorded.cases()), (recorded411, recorded411.cases())):
        for name, target in cases:
            with contextlib.suppress(FunctoriaError):  # refused by the real tools, and here too
                plan = (
                    recorded411.plan(name, target)
                    if module is recorded411
                    else recorded.application(name).plan(recorded.context(name, target))
                )
                _ = plan.contents
                found.append((f"{name} {target}", plan))
    return found


def kinds(plan: Plan) -> Kinds:
    return Kinds(patterns=(*NAMES, *plan.root.device.file_names))


def of_the_catalogue(plan: Plan, name: str) -> bool:
    """Return whether the library makes the file, and not a device that the configuration defines."""
    sources = plan.contents[name].sources
    devices = {type(source.device).__module__ for source in sources if isinstance(source, Node)}
    return all(module.startswith(("functoria.", "mirage_devices.")) for module in devices)


def test_every_file_of_every_plan_is_known_by_what_it_says_or_by_its_name(plans: list[tuple[str, Plan]]) -> None:
    assert len(plans) > 1500
    for what, plan in plans:
        for name, file in plan.contents.items():
            content = file.text.encode()
            if of_the_catalogue(plan, name):
                assert made(content) or kinds(plan).unsigned(name, content), (what, name)
                assert made(content) or name in ("mirage/manifest.json", "mirage/manifest.ml"), (what, name)
                assert kinds(plan).know(name) or made(content), (what, name)


def promoted(name: str, text: str) -> Iterator[str]:
    """Yield the files that the dune file `name` makes dune put beside the sources, as parsed from its text."""
    directory = os.path.dirname(name)

    def said(part: Sexp, field: str) -> bool:
        return isinstance(part, tuple) and part[:1] == (field,)

    for stanza in parse(text):
        modes = [part for part in stanza if said(part, "mode")]
        if stanza[:1] == ("rule",) and modes and "promote" in repr(modes):
            for part in stanza:
                if said(part, "target") or said(part, "targets"):
                    yield from (os.path.join(directory, each) for each in part[1:] if isinstance(each, str))


def test_all_that_building_puts_beside_the_sources_is_known_to_the_plan(plans: list[tuple[str, Plan]]) -> None:
    some = 0
    for what, plan in plans:
        names = {
            product
            for name, file in plan.contents.items()
            if os.path.basename(name) in ("dune", "dune.build")
            for product in promoted(name, file.text)
        }
        assert names <= {*plan.products}, what
        assert str(plan.root.device.result(plan.info)) in names, what
        some += len(names)
    assert some > 1500


@pytest.mark.parametrize("target", ["hvt", "xen", "unix"])
def test_what_a_unikernel_of_either_release_is_cleaned_of(target: str, tmp_path: Path) -> None:
    for number, plan in enumerate(
        (recorded.application("hello").plan(target=target), recorded411.plan("hello", target))
    ):
        project = tmp_path / str(number)
        plan.write(project)
        there = set(snapshot(project))
        (project / "_build").mkdir()
        (project / "_build" / "log").write_text("")
        for product in plan.products:
            for place in (project, project / "_build" / "default"):
                (place / product).parent.mkdir(parents=True, exist_ok=True)
                (place / product).write_bytes(b"\x7fELF\0")
        clean(project, plan, built=True)
        assert set(snapshot(project)) == there
        clean(project, plan)
        assert snapshot(project) == {}


def test_a_target_of_4_leaves_nothing_of_another(tmp_path: Path) -> None:
    for target in ("hvt", "xen", "unix", "qubes", "virtio", "unix"):
        plan = recorded411.plan("hello", target)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            plan.write(tmp_path)
        there = {name for name, (text, _) in snapshot(tmp_path).items() if text != "a directory"}
        assert there == {*plan.contents, STATE}


def test_no_file_that_somebody_wrote_says_that_it_was_made() -> None:
    """This covers all files of this repository, including sources, dune files, configurations and documents."""
    some = 0
    for place in (HERE / name for name in ("functoria", "mirage_devices", "tests", "docs")):
        for path in place.rglob("*"):
            if path.is_file() and not path.is_symlink():
                some += 1
                assert not made(path.read_bytes()), path
    assert some > 500
    for name, text in PEOPLES.items():
        assert not made(text.encode()), name


def claimed(project: Path, names: list[str], *, edited: bool = False) -> None:
    """Write the files of PEOPLES, and a state file that claims those in `names`, as they are now or as before an edit."""
    for name, text in PEOPLES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    files = {name: fingerprint(PEOPLES[name].encode() + b"before" * edited) for name in names if ".git/" not in name}
    (project / STATE).write_text(State("hello", "config.py", None, {"target": "unix"}, files, list(PEOPLES)).text())


OTHERS = [UNIX, HVT, XEN, *(recorded411.plan("hello", target) for target in ("unix", "hvt", "xen"))]


@pytest.mark.parametrize(
    "plan", [*OTHERS, None], ids=lambda plan: "none" if plan is None else plan.context.given["target"]
)
@pytest.mark.parametrize("edited", [False, True])
def test_what_people_wrote_is_never_taken_for_ours(plan: Plan | None, edited: bool, tmp_path: Path) -> None:
    """This holds whatever a state file claims, without force."""
    claimed(tmp_path, list(PEOPLES), edited=edited)
    acts: list[Act] = [lambda: clean(tmp_path, plan), lambda: clean(tmp_path, plan, dry_run=True)]
    if plan is not None:
        acts += [lambda: plan.write(tmp_path), lambda: plan.diff(tmp_path)]
    for act in acts:
        with warnings.catch_warnings(), contextlib.suppress(FileConflict):
            warnings.simplefilter("ignore")
            act()
        assert {name: (tmp_path / name).read_text() for name in PEOPLES} == PEOPLES


def test_a_link_that_is_the_configuration_is_not_removed(tmp_path: Path) -> None:
    place = tmp_path / "project"
    place.mkdir()
    (tmp_path / "shared.py").write_text(
        "from functoria import foreign, job\nfrom mirage_devices import register\n"
        'app = register("hello", [foreign("Unikernel", job)])\n'
    )
    (place / "config.py").symlink_to("../shared.py")
    from functoria.cli.config import load

    plan = load(place / "config.py").plan(target="unix")
    files = {"config.py": link_mark("../shared.py")}
    for act in (lambda: Project(place).clean(plan, force=True), lambda: plan.write(place, force=True)):
        (place / STATE).write_text(State("hello", "config.py", None, {"target": "unix"}, files, []).text())
        with pytest.warns(UserWarning, match=r"config\.py: left as it is"):
            act()
        assert os.readlink(place / "config.py") == "../shared.py"


# Journals that are bound to their directory as they should be, but otherwise made up


def forged(project: Path, steps: list[list[str | None]], waiting: dict[int, str]) -> None:
    data = json.loads((project / JOURNAL).read_text())
    shutil.rmtree(project / ASIDE)
    (project / ASIDE).mkdir()
    for number, text in waiting.items():
        (project / ASIDE / str(number)).write_text(text)
    (project / JOURNAL).write_text(json.dumps({**data, "steps": steps}))


MINE = [
    name for name in PEOPLES if name not in NAMES and ".git/" not in name and not name.endswith((".opam", ".xl", ".sh"))
]


@given(
    st.lists(st.sampled_from(MINE), min_size=1, max_size=4, unique=True),
    st.sampled_from(["removed", "replaced", "by another", "by nothing", "put back", "put back from the past"]),
    st.sampled_from(["write", "clean", "force", "clean without a plan", "clean by force"]),
)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_forged_journal_takes_nothing_that_people_wrote(tmp_path: Path, names: list[str], how: str, act: str) -> None:
    project = tmp_path / "project"
    shutil.rmtree(project, ignore_errors=True)
    interrupted(project)
    for name, text in PEOPLES.items():
        if name in MINE:
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text)
    ours = f"; {HEADER}\n"
    marks = {name: fingerprint(PEOPLES[name].encode()) for name in names}
    after = fingerprint((ours if how != "by another" else "other\n").encode())
    waiting = {} if how == "by nothing" else dict.fromkeys(range(len(names)), ours)
    steps: list[list[str | None]] = [[name, marks[name], None if how == "removed" else after] for name in names]
    if how.startswith(
        "put back"
    ):  # the present files are claimed as new, and an impossible step makes everything be undone
        steps = [[name, None if how == "put back" else after, marks[name]] for name in names]
        steps.append(["a" * 300, None, after])
    forged(project, steps, waiting)
    if how == "put back from the past":
        for number in range(len(names)):
            (project / ASIDE / f"{number}.old").write_text(ours)
    acts: dict[str, Act] = {
        "write": lambda: XEN.write(project),
        "force": lambda: XEN.write(project, force=True),
        "clean": lambda: Project(project).clean(XEN),
        "clean by force": lambda: Project(project).clean(XEN, force=True),
        "clean without a plan": lambda: Project(project).clean(),
    }
    for do in (lambda: XEN.diff(project), lambda: Project(project).to_clean(XEN, force=True), acts[act]):
        with warnings.catch_warnings(), contextlib.suppress(FunctoriaError):
            warnings.simplefilter("ignore")
            do()
        assert {name: (project / name).read_text() for name in MINE} == {name: PEOPLES[name] for name in MINE}


def test_what_a_forged_journal_names_is_told(tmp_path: Path) -> None:
    interrupted(tmp_path)
    (tmp_path / "config.py").write_text("mine\n")
    forged(tmp_path, [["config.py", fingerprint(b"mine\n"), None]], {})
    (change,) = (change for change in XEN.diff(tmp_path) if change.pending)
    assert str(change) == "leave config.py (edited since remove config.py, which was interrupted)"
    with pytest.raises(FileConflict, match=r"config\.py was not written by functoria"):
        XEN.write(tmp_path)
    assert (tmp_path / "config.py").read_text() == "mine\n"


@pytest.mark.parametrize(
    "mark", ["directory", "special", "huge", "x:", "link:", "x", "", f"x:x:{'0' * 64}", f"{'0' * 64}\n"]
)
def test_marks_that_no_file_has_are_refused(mark: str, tmp_path: Path) -> None:
    interrupted(tmp_path)
    os.mkfifo(tmp_path / "main.xl")
    for step in (["main.xl", mark, None], ["new", None, mark]):
        forged(tmp_path, [list(step)], {})
        before = snapshot(tmp_path)
        with pytest.raises(FunctoriaError, match=r"journal\.json is damaged"):
            XEN.write(tmp_path)
        assert snapshot(tmp_path) == before


@pytest.mark.parametrize("mode", [-1, 0o10000, 10**30, True, 7.0, "7", None])
def test_modes_that_no_directory_has_are_refused(mode: object, tmp_path: Path) -> None:
    interrupted(tmp_path)
    data = json.loads((tmp_path / JOURNAL).read_text())
    (tmp_path / JOURNAL).write_text(json.dumps({**data, "directories": {"a": mode}}))
    with pytest.raises(FunctoriaError, match=r"journal\.json is damaged"):
        XEN.write(tmp_path)


def test_what_waits_is_put_in_place_only_as_the_journal_says(tmp_path: Path) -> None:
    for make in (lambda path: path.write_text("other\n"), os.mkfifo, lambda path: path.symlink_to("/etc/passwd")):
        project = tmp_path / make.__name__
        shutil.rmtree(project, ignore_errors=True)
        interrupted(project)
        forged(project, [["new", None, fingerprint(b"one\n")]], {})
        make(project / ASIDE / "0")
        with pytest.raises(FileConflict, match="new was not written"):
            XEN.write(project)
        assert not os.path.lexists(project / "new")


def test_kinds_hold_files_and_links_alone(tmp_path: Path) -> None:
    (tmp_path / "main.ml").mkdir()
    os.mkfifo(tmp_path / "dune")
    (tmp_path / "Makefile").symlink_to("/dev/zero")
    with Tree.open(tmp_path) as tree:
        held = {name: Kinds().hold(tree, name, tree.mark(name)) for name in ("main.ml", "dune", "Makefile", "none")}
    assert held == {"main.ml": False, "dune": False, "Makefile": True, "none": False}


@pytest.mark.parametrize("name", ["dune", "dune-project", "Makefile", "main.ml", "key_gen.ml"])
def test_a_file_without_our_header_is_not_replaced_by_one_that_has_it(name: str, tmp_path: Path) -> None:
    """Although the state file claims that it was written as it is. A file with the header is replaced."""
    UNIX.write(tmp_path)
    state = json.loads((tmp_path / STATE).read_text())
    state["files"][name] = fingerprint(PEOPLES[name].encode())
    (tmp_path / name).write_text(PEOPLES[name])
    (tmp_path / STATE).write_text(json.dumps(state))
    (change,) = (change for change in XEN.diff(tmp_path) if change.name == name)
    assert change.conflict
    with pytest.raises(FileConflict, match=rf"{name} was not written by functoria, or edited since"):
        XEN.write(tmp_path)
    assert (tmp_path / name).read_text() == PEOPLES[name]
    XEN.write(tmp_path, force=True)
    assert XEN.diff(tmp_path) == []
