"""dune reads every project of MirageOS 4.11, and links unikernels with libraries that have the real ones' units and needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functoria import Plan
from mirage_devices.v4 import job, main, register
from tests.catalogue_rows411 import ALL, FAMILIES, FAMILY
from tests.emit import own_modules
from tests.emit.plans411 import main_module, plans
from tests.emit.workspace411 import Workspace
from tests.libraries import tree
from tests.libraries.facts import V4
from tests.recorded411 import BY_NAME
from tests.tools import run

HELP = 63
"""The exit status of a unikernel that prints its manual."""
NOT_LINKED = {"piece-device-hooks": "the module that its device brings has no function that its code calls"}
"""Recorded configurations that cannot be built."""


def _plans(target: str) -> Iterator[tuple[str, Plan, bool]]:
    """Yield the plans for `target`, each with whether to link it.

    It is linked if no plan before it, for this target or an earlier one of its family, has the same libraries, or if one of its
    libraries is in none of them. Libraries of macosx count as those of unix.
    """
    family = FAMILIES[FAMILY[target]]
    seen: set[frozenset[str]] = set()
    linked: set[str] = set()
    for each in family[: family.index(target) + 1]:
        for name, plan in plans(each).items():
            libraries = frozenset(map(_on_unix, plan.libraries))
            functor = any(map(own_modules.is_functor, own_modules.modules(plan).values()))  # which cannot be a file
            other = libraries not in seen or not linked.issuperset(plan.libraries)
            first = other and not functor and name not in NOT_LINKED
            if first:
                seen.add(libraries)
                linked.update(plan.libraries)
            if each == target:
                yield name, plan, first


def _on_unix(library: str) -> str:
    """Return the counterpart on unix of a `library` of macosx."""
    return library.replace("-macosx", "-unix")


@pytest.mark.parametrize("target", ALL)
def test_projects_are_read_and_linked(toolchains: dict[str, Any], tmp_path: Path, target: str) -> None:
    """All distinct projects are read. Those with other libraries than those before are linked, and run on Unix."""
    workspace, linked = Workspace(tmp_path / "workspace"), {}
    for name, plan, first in _plans(target):
        directory = workspace.add(plan)
        if directory is not None and (first or not linked):
            linked[directory] = name, plan
    assert len(workspace.files) > 100
    on = BY_NAME[target]
    programs = {directory: workspace.program(directory, on.context) for directory in linked}
    said = workspace.build(*programs.values(), **{**toolchains, "DUNE_CACHE": "disabled"})  # no two are alike
    assert said == ""
    for directory, (name, plan) in linked.items():
        program = workspace.root / programs[directory]
        assert program.stat().st_mode & 0o111, name
        if on.family == "unix":
            done = run(program, "--help=plain", check=False)
            reads = "Mirage_bootvar.argv" in main_module(plan)  # otherwise it takes no arguments, and starts
            assert (done.returncode, done.stderr) == (HELP if reads else 0, ""), name
            assert ("OCAML RUNTIME OPTIONS" in done.stdout) == reads


@pytest.mark.parametrize("target", ALL)
def test_what_opam_installs_is_promoted(toolchains: dict[str, Any], tmp_path: Path, target: str) -> None:
    """The unikernel, under its name, and the files that devices and targets install beside it."""
    workspace, wanted = Workspace(tmp_path / "workspace"), set()
    for name in sorted({"hello-key", "hello+output=other", "docteur"} & set(plans(target))):
        directory = workspace.add(plans(target)[name])
        assert directory is not None
        (opam,) = directory.glob("mirage/*.opam")
        copied = re.findall(r'^  \["cp" "dist/(.*?)" ', opam.read_text(), re.MULTILINE)
        assert copied
        wanted |= {directory / "dist" / file for file in copied}
    targets = map(workspace.installed, {path.parent.parent for path in wanted})
    assert workspace.build(*targets, **toolchains) == ""
    found = {path for path in workspace.root.rglob("dist/*") if "_build" not in path.parts and path.name != "dune"}
    assert found == wanted


def test_the_libraries_of_the_tests_are_those_that_unikernels_ask_for() -> None:
    asked = {library for target in ALL for plan in plans(target).values() for library in plan.libraries}
    assert asked <= set(tree.OF_4.libraries)


def test_libraries_that_dune_knows_more_of_are_recorded() -> None:
    for name, said in V4.virtual.items():
        if "default_implementation" in said:
            assert V4.virtual[said["default_implementation"]]["implements"] == name
        else:
            assert "default_implementation" in V4.virtual[said["implements"]]


# The purpose of the libraries: a faulty project is not linked, or not read.


def _hello(target: str) -> Plan:
    return register("small", [main("Unikernel", job)], src=None).plan(target=target)


def _said(toolchains: dict[str, Any], root: Path, plan: Plan, **changes: tuple[str, str]) -> str:
    """Return what dune prints for `plan` after changes to its files, named with _ for dots and dashes."""
    workspace = Workspace(root / "workspace")
    directory = workspace.add(plan)
    assert directory is not None
    for name, (old, new) in changes.items():
        (file,) = (each for each in workspace.root.rglob("*") if re.sub("[-.]", "_", each.name) == name)
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
    return workspace.build(workspace.installed(directory), **toolchains)


@pytest.mark.parametrize(
    ("target", "old", "new", "complaint"),
    [
        ("unix", "mirage-sleep.unix", "mirage-sleep.unix mirage-sleep.solo5", "Conflicting implementations"),
        ("unix", "mirage-logs\n", "\n", "Unbound module Mirage_logs"),
        ("hvt", "mirage-sleep.solo5", "", "has no library"),
        ("hvt", '-cclib "-z solo5-abi=hvt"', "", "of which kind is .* to be"),
        ("unikraft-qemu", "cmdliner-stdlib", "", "Unbound module Cmdliner_stdlib"),
    ],
)
def test_a_link_that_is_otherwise_fails(
    toolchains: dict[str, Any], tmp_path: Path, target: str, old: str, new: str, complaint: str
) -> None:
    assert re.search(complaint, _said(toolchains, tmp_path, _hello(target), dune_build=(old, new)))


def test_without_changes_it_does_not(toolchains: dict[str, Any], tmp_path: Path) -> None:
    for target in ("unix", "hvt", "unikraft-qemu"):
        assert _said(toolchains, tmp_path / target, _hello(target)) == ""


# Output of the real tool that dune does not accept.


def test_a_dot_in_the_name_is_none_in_the_project_s(toolchains: dict[str, Any], tmp_path: Path) -> None:
    plan = register("http-fetch.x", [main("Unikernel", job)], src=None).plan(target="unix")
    assert _said(toolchains, tmp_path / "ours", plan) == ""
    theirs = ("(name http-fetch_x-unix)", "(name http-fetch.x-unix)")
    assert "Invalid project name" in _said(toolchains, tmp_path / "theirs", plan, dune_project=theirs)


def test_what_the_main_module_calls_is_linked_where_sleep_is_none(toolchains: dict[str, Any], tmp_path: Path) -> None:
    plan = plans("unix")["piece-nothing"]
    assert _said(toolchains, tmp_path / "ours", plan) == ""
    (libraries,) = re.findall(r"mirage-sleep\s+mirage-sleep\.unix", plan.files()["dune.build"])
    said = _said(toolchains, tmp_path / "theirs", plan, dune_build=(libraries, ""))
    assert "Unbound module Mirage_sleep" in said
