"""Whether opam finds a solution for every recorded configuration and target, on the repositories of 2018 and of 2026."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from attrs import evolve

from functoria import Bounds, Unsupported
from functoria.opam.audit import Case, Result, audit, solved
from functoria.opam.formula import Environment
from functoria.opam.tool import version
from mirage_devices.v3.backends import BACKENDS
from tests import recorded, tools
from tests.once import Once
from tests.snapshots import CACHE, OF_2018, OF_2026, repository

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


def needed(case: Case) -> Case:
    """The case as one that opam is not asked about. Its packages are in opam's root, which is then the same for all."""
    return evolve(case, refused="another question is for this case")


def ask() -> Iterator[Result]:
    """Yield opam's answers for all cases, from the snapshot of 2018: on macOS for macosx, on Linux for the others."""
    place = repository(OF_2018)
    for own, changes in ((False, {"os": "linux"}), (True, MACOS)):
        cases = [case if (dict(case.choices)["target"] == "macosx") is own else needed(case) for case in planned()[0]]
        system = Environment.host({**changes, "opam-version": version() or "2.1.2"})
        answers = solved(audit(cases, place, environment=system), place, changes=changes, cache=CACHE)
        yield from (answer for answer in answers if answer.case.refused is None)


@pytest.fixture(scope="module")
def answers_2018(once: Once) -> dict[tuple[str, str], Result]:
    tools.need("opam")
    answers = once("answers-2018", lambda: list(ask()))
    return {(result.case.configuration, dict(result.case.choices)["target"]): result for result in answers}


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


def compiler_of(case: str) -> str:
    """Return the compiler that the backend of a case advises."""
    return BACKENDS[case.partition("target=")[2]].compiler


def with_archive() -> dict[str, Result]:
    """Return opam's answers for `ADVISED`, each with its compiler, from the snapshot of 2026 and the archive together.

    The repository of 2018 stands in for the archive, whose packages came from there.
    """
    both = repository(OF_2026, OF_2018)
    cases = {str(case): case for case in planned()[0] if str(case) in ADVISED}
    found = {}
    for advised in dict.fromkeys(map(compiler_of, ADVISED)):
        compiler = Bounds(advised, f"{advised}.1")
        asked = [case if compiler_of(name) == advised else needed(case) for name, case in cases.items()]
        results = audit(asked, both, ocaml=compiler)
        answers = solved(results, both, changes={"os": "linux"}, ocaml=compiler, cache=CACHE)
        found.update({str(answer.case): answer for answer in answers if answer.case.refused is None})
    return found


@pytest.fixture(scope="module")
def answers_with_archive(once: Once) -> dict[str, Result]:
    tools.need("opam")
    return once("answers-with-archive", with_archive)


@pytest.mark.parametrize("case", ADVISED)
def test_2026_with_its_archive_and_a_compiler_of_the_time(case: str, answers_with_archive: dict[str, Result]) -> None:
    """What docs/install.md advises."""
    answer = answers_with_archive[case]
    assert answer.solution is not None
    assert answer.solution.state == "solved", answer.solution.reason
    assert dict(answer.solution.versions)["ocaml-base-compiler"] == compiler_of(case)
    assert answer.breaks == ()
