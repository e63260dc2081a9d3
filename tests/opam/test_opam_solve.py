"""Whether opam finds a solution for every recorded configuration and target, on the repositories of 2018 and of 2026."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from functoria import Bounds, Unsupported
from functoria.opam.audit import Case, Result, audit, solved
from functoria.opam.formula import Environment
from functoria.opam.repository import Repository
from functoria.opam.tool import version
from mirage_devices.v3.backends import BACKENDS
from tests import recorded, tools
from tests.snapshots import CACHE, OF_2018, OF_2026, repository, snapshot

MACOS = {"os": "macos", "os-family": "homebrew", "os-distribution": "homebrew"}

UNSOLVED = {"pins": "dns"}
"""The configurations without a solution in 2018, with the package that no release in the repository satisfies.

pins asks for dns from 1.5.0 up to 1.9: the newest release was 1.0.1. It also asks for weird-name, which never existed.
"""


@cache
def planned() -> tuple[list[Case], set[tuple[str, str]]]:
    """Return every recorded configuration and target that has a plan, as a case; and those that MirageOS refused too."""
    found, refused = [], set()
    for name, target in sorted(recorded.cases(), key=lambda case: case[::-1]):
        try:
            packages = recorded.application(name).plan(recorded.context(name, target)).packages
        except Unsupported:
            refused.add((name, target))
            continue
        found.append(Case(name, (("target", target),), packages))
    return found, refused


def ask(name: str) -> Iterator[Result]:
    """Yield opam's answers for all cases, from one snapshot: on macOS for macosx, on Linux for the others."""
    for own, changes in ((False, {"os": "linux"}), (True, MACOS)):
        some = [case for case in planned()[0] if (dict(case.choices)["target"] == "macosx") is own]
        system = Environment.host({**changes, "opam-version": version() or "2.1.2"})
        yield from solved(
            audit(some, repository(name), environment=system), repository(name), changes=changes, cache=CACHE
        )


@pytest.fixture(scope="module")
def answers_2018() -> dict[tuple[str, str], Result]:
    tools.need("opam")
    return {(result.case.configuration, dict(result.case.choices)["target"]): result for result in ask(OF_2018)}


def test_every_case_is_asked_for() -> None:
    found, refused = planned()
    assert len(found) + len(refused) == len(recorded.cases()) == 149


@pytest.mark.parametrize(("name", "target"), recorded.cases())
def test_2018(name: str, target: str, answers_2018: dict[tuple[str, str], Result]) -> None:
    if (name, target) in planned()[1]:
        assert (name, target) not in answers_2018
        return
    result = answers_2018[name, target]
    assert result.solution is not None
    if name in UNSOLVED:
        assert result.solution.state == "none"
        assert UNSOLVED[name] in result.solution.reason
        assert any(finding.package.name == UNSOLVED[name] and finding.breaks for finding in result.findings)
    else:
        assert result.solution.state == "solved", result.solution.reason
        assert result.breaks == ()
        chosen = dict(result.solution.versions)
        for package in result.case.packages:
            assert package.bounds.allows(chosen[package.name])


def test_2026_has_archived_what_mirageos_3_needs() -> None:
    tools.need("opam")
    results = audit(planned()[0], repository(OF_2026), environment=Environment.host({"os": "linux"}))
    missing = {f.package.name: f.breaks for result in results for f in result.findings if f.breaks}
    assert {"mirage-types", "mirage-types-lwt", "mirage-runtime"} <= set(missing)
    assert all(result.breaks for result in results)
    hello = [result for result in results if str(result.case) == "hello target=unix"]
    (answer,) = solved(hello, repository(OF_2026), cache=CACHE)
    assert answer.solution is not None
    assert answer.solution.state == "none"


ADVISED = ("hello target=unix", "network target=hvt", "hello target=xen")


@cache
def with_archive(advised: str) -> dict[str, Result]:
    """Return opam's answers for those of `ADVISED` with this compiler, from the snapshot of 2026 and the archive together.

    The repository of 2018 stands in for the archive, whose packages came from there.
    """
    compiler = Bounds(advised, f"{advised}.1")
    both = Repository.read(snapshot(OF_2026), snapshot(OF_2018), cache=CACHE)
    found = [one for one in planned()[0] if str(one) in ADVISED and compiler_of(str(one)) == advised]
    results = audit(found, both, ocaml=compiler)
    return {
        str(answer.case): answer
        for answer in solved(results, both, changes={"os": "linux"}, ocaml=compiler, cache=CACHE)
    }


def compiler_of(case: str) -> str:
    """Return the compiler that the backend of a case advises."""
    return BACKENDS[case.partition("target=")[2]].compiler


@pytest.mark.parametrize("case", ADVISED)
def test_2026_with_its_archive_and_a_compiler_of_the_time(case: str) -> None:
    """This is what docs/install.md advises."""
    tools.need("opam")
    advised = compiler_of(case)
    answer = with_archive(advised)[case]
    assert answer.solution is not None
    assert answer.solution.state == "solved", answer.solution.reason
    assert dict(answer.solution.versions)["ocaml-base-compiler"] == advised
    assert answer.breaks == ()
