"""Audits of fleets give the same results as auditing each case alone, wherever plans are made and opam runs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from functoria.fleet import Fleet
from functoria.fleet.audits import Terms
from functoria.loading.configuration import load
from functoria.opam.audit import audit, cases, default_environment, solved
from functoria.opam.reach import reach
from functoria.opam.repository import Repository
from tests.fleet.test_fleet import Late
from tests.fleets import broken, unikernel
from tests.opam.test_opam_repository import write_release
from tests.tools import need

TARGETS = ("unix", "hvt")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("fleet")
    unikernel(there, "a")
    unikernel(there, "b")  # has the same packages
    unikernel(there, "new", least="9.0.0", most="10.0.0")  # no release is within these bounds
    unikernel(there, "ohex", package="ohex")  # needs a package that does not exist
    broken(there, "z", "1/0\n")
    return there


@pytest.fixture(scope="module")
def repository(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a repository with every package that the unikernels require, in some version within the bounds."""
    top = tmp_path_factory.mktemp("repository")
    (top / "repo").write_text('opam-version: "2.0"\n')
    wanted = {
        p.name: p
        for case in Fleet.discover(place, targets=TARGETS).plans(jobs=1)
        if case.value
        for p in case.value.packages
    }
    for package in wanted.values():
        if package.name not in ("lru", "ohex"):
            write_release(top, package.name, package.min.text if package.min else "1", "")
    write_release(top, "lru", "1.5.0", 'available: os != "macos"\n')
    write_release(top, "ohex", "1.5.0", 'depends: [ "nothing-of-this-name" ]\n')
    write_release(top, "lru", "2.0.0", "")
    return Repository.read(top)


def one_by_one(place: Path, repository: Repository, ask: bool) -> list[Any]:
    """Audit the configurations one by one. Return why they break, and the releases of each package."""
    found = []
    for name in ("a", "b", "new", "ohex"):
        planned = list(cases(name, load(place / name / "config.py"), "target", TARGETS))
        results = audit(planned, repository, environment=default_environment({}))
        for each in results:
            (result,) = solved([each], repository) if ask else [each]
            solution = result.solution and (result.solution.state, result.solution.versions)
            found.append((str(result.case), result.breaks, [finding.usable for finding in result.findings], solution))
    return found


def said(results: Any) -> list[Any]:
    found = []
    for each in results:
        if each.value is None:
            assert (each.case.label, each.outcome) == ("z", "failed")
            continue
        assert each.outcome == ("breaks" if each.value.breaks else "done")
        solution = each.value.solution and (each.value.solution.state, each.value.solution.versions)
        found.append((str(each.case), each.value.breaks, [finding.usable for finding in each.value.findings], solution))
    return found


def test_what_is_found(place: Path, repository: Repository) -> None:
    results = list(Fleet.discover(place, targets=TARGETS).audit(repository, jobs=1))
    assert [each.outcome for each in results] == ["done"] * 4 + ["breaks"] * 2 + ["done"] * 2 + ["failed"] * 2
    assert not results[4].ok
    assert "no release inside the bounds" in str(results[4].get().breaks)


@pytest.mark.parametrize("executor", [None, lambda: ThreadPoolExecutor(2), lambda: Late(3)])
def test_audits_are_those_of_each_case(place: Path, repository: Repository, executor: Callable[[], Any] | None) -> None:
    fleet = Fleet.discover(place, targets=TARGETS)
    if executor is None:
        assert said(fleet.audit(repository)) == one_by_one(place, repository, False)
        return
    with executor() as running:
        assert said(fleet.audit(repository, running)) == one_by_one(place, repository, False)


def test_terms(place: Path, repository: Repository) -> None:
    fleet = Fleet.of(place / "a" / "config.py", targets="hvt")
    (result,) = fleet.audit(repository, terms=Terms(changes=(("os", "macos"),)), jobs=1)
    assert result.outcome == "breaks"
    (result,) = fleet.audit(repository, terms=Terms(changes=(("os", "linux"),)), jobs=1)
    assert result.outcome == "done"


@pytest.mark.parametrize("executor", [None, lambda: ProcessPoolExecutor(2)])
def test_opam_says_the_same_of_a_fleet(
    place: Path, repository: Repository, tmp_path: Path, executor: Callable[[], Any] | None
) -> None:
    need("opam")
    fleet = Fleet.discover(place, targets=TARGETS)
    expected = one_by_one(place, repository, True)
    running = None if executor is None else executor()
    results = list(fleet.solve(repository, running, store=tmp_path / "store"))
    assert said(results) == expected
    assert [each[3][0] for each in expected] == ["solved"] * 4 + ["none"] * 4
    if running is not None:
        running.shutdown()
    again = list(fleet.solve(repository, store=tmp_path / "store"))
    assert said(again) == expected
    assert [each.kept for each in again] == [True] * 8 + [False] * 2


def test_opam_is_asked_each_question_once(place: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    need("opam")
    from functoria.opam.solver import Solver

    asked: list[Any] = []
    answer = Solver._asked
    monkeypatch.setattr(Solver, "_asked", lambda self, ask, root: asked.append(ask) or answer(self, ask, root))
    list(Fleet.discover(place, targets=TARGETS).solve(repository, jobs=1))
    assert len(asked) == len(set(asked)) == 6  # a and b ask the same question


def test_one_question_that_opam_fails_at_fails_alone(
    place: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("opam")
    from functoria.errors import BuildError
    from functoria.opam.solver import Solution, Solver

    def asked(self: Solver, ask: Any, root: Path) -> Solution:
        if "ohex" in ask.files[0]:
            raise BuildError("opam install failed")
        return Solution("solved")

    monkeypatch.setattr(Solver, "_asked", asked)
    results = list(Fleet.discover(place, targets=TARGETS).solve(repository, jobs=1))
    assert [each.outcome for each in results] == ["done"] * 4 + ["breaks"] * 2 + ["failed"] * 4
    assert isinstance(results[6].error, BuildError)


def test_who_would_take_a_release(place: Path) -> None:
    from functoria.fleet.audits import case_of

    planned = [each for each in Fleet.discover(place, targets=TARGETS).plans(jobs=1) if each.value is not None]
    found = reach(map(case_of, planned), "lru", "1.9.0")
    alone = reach(
        [
            case
            for name in ("a", "b", "new", "ohex")
            for case in cases(name, load(place / name / "config.py"), "target", TARGETS)
        ],
        "lru",
        "1.9.0",
    )
    assert [(str(one.case), one.reached, one.why, [*map(str, one.refusals)]) for one in found] == [
        (str(one.case), one.reached, one.why, [*map(str, one.refusals)]) for one in alone
    ]
    assert [one.reached for one in found] == [True] * 4 + [False] * 4
