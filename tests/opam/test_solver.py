"""Runs of opam: several questions together and in parallel, with the same answers as one by one."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import package
from functoria.cli import main as run
from functoria.errors import BuildError
from functoria.opam import audit as audits
from functoria.opam.audit import Case, audit, solving
from functoria.opam.repository import Repository
from functoria.opam.solver import Question, Solution, Solver, solver
from tests import tools
from tests.opam.test_opam_repository import write_release


@frozen
class Model:
    """A model of opam that knows which files have no solution, and which have none together."""

    broken: frozenset[int]
    apart: frozenset[frozenset[int]]
    asked: list[tuple[tuple[int, ...], tuple[tuple[str, str], ...]]] = field(factory=list)

    def answer(self, files: tuple[str, ...], pins: tuple[tuple[str, str], ...]) -> Solution:
        numbers = tuple(map(int, files))
        self.asked.append((numbers, pins))
        if self.broken.isdisjoint(numbers) and not any(pair <= {*numbers} for pair in self.apart):
            return Solution("solved", "", tuple((str(number), "1") for number in numbers))
        return Solution("none", f"of {numbers}")

    def solver(self, jobs: int) -> Solver:
        made = Solver(Path(), (b"", Path()), cast("Any", SimpleNamespace(end=lambda: None)), {}, jobs)
        made._laid_out = lambda: Path()  # type: ignore[method-assign]  # it needs no root
        made._asked = lambda ask, root: self.answer(*ask)  # type: ignore[method-assign]  # it is no opam
        return made


FEW = st.integers(0, 7)
QUESTIONS = st.builds(
    lambda file, pin, apart: Question(str(file), (("p", pin),) if pin else (), apart),
    FEW,
    st.sampled_from(["", "1", "2"]),
    st.booleans(),
)


@settings(deadline=None)
@given(
    groups=st.lists(st.lists(QUESTIONS, max_size=6), max_size=4),
    broken=st.frozensets(FEW, max_size=3),
    apart=st.frozensets(st.frozensets(FEW, min_size=2, max_size=2), max_size=4),
    jobs=st.integers(1, 4),
)
def test_what_is_asked_together_has_the_answers_of_each_by_itself(
    groups: list[list[Question]], broken: frozenset[int], apart: frozenset[frozenset[int]], jobs: int
) -> None:
    named = [{f"{g}-{q}": question for q, question in enumerate(group)} for g, group in enumerate(groups)]
    model = Model(broken, apart)
    answers = list(model.solver(jobs).answers(named))
    assert Counter(name for name, _ in answers) == Counter(name for group in named for name in group)
    found = dict(answers)
    for name, question in (item for group in named for item in group.items()):
        alone = Model(broken, apart).answer((question.file,), question.pins)
        assert found[name].state == alone.state
        assert dict(alone.versions).items() <= dict(found[name].versions).items()
        assert question.apart <= (found[name] == alone)
        if alone.state == "none":
            assert found[name] == alone
    assert max(Counter(model.asked).values(), default=1) == 1, "the same was asked twice"
    again = Model(broken, apart)
    assert dict(again.solver(1).answers(named)) == found
    assert sorted(again.asked) == sorted(model.asked)


def test_several_runs_go_on_at_once() -> None:
    class Meeting(Model):
        def answer(self, files: tuple[str, ...], pins: tuple[tuple[str, str], ...]) -> Solution:
            barrier.wait(timeout=60)
            return super().answer(files, pins)

    barrier = threading.Barrier(3)
    groups = [{str(n): Question(str(n))} for n in range(3)]
    assert len(dict(Meeting(frozenset(), frozenset()).solver(3).answers(groups))) == 3


def test_a_failure_of_opam_is_told() -> None:
    class Failing(Model):
        def answer(self, files: tuple[str, ...], pins: tuple[tuple[str, str], ...]) -> Solution:
            raise BuildError("opam failed")

    with pytest.raises(BuildError, match="opam failed"):
        dict(Failing(frozenset(), frozenset()).solver(2).answers([{"a": Question("1"), "b": Question("2")}]))


def test_results_come_in_order_each_as_soon_as_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Slow:
        def answers(self, groups: list[Mapping[str, Question]]) -> Iterator[tuple[str, Solution]]:
            for name in ("1", "0", "4", "3"):
                asked.append(name)
                yield name, Solution("solved", name)

    @contextmanager
    def made(*arguments: object, **more: object) -> Iterator[Slow]:
        yield Slow()

    monkeypatch.setattr(audits, "solver", made)
    cases = [Case(str(n), refused="no" if n in (2, 5) else None) for n in range(6)]
    results = [audits.Result(case, ()) for case in cases]
    coming = solving(results, cast("Repository", None))
    told = []
    for result in coming:
        told.append((result.case.configuration, result.solution and result.solution.reason, len(asked)))
    assert told == [("0", "0", 2), ("1", "1", 2), ("2", None, 2), ("3", "3", 4), ("4", "4", 4), ("5", None, 4)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A repository in which one and two go together, and three goes with neither."""
    write_release(tmp_path / "r", "one", "1", 'depends: "common" {>= "2"}')
    write_release(tmp_path / "r", "two", "1", 'depends: "common"')
    write_release(tmp_path / "r", "three", "1", 'depends: "common" {< "2"}\nconflicts: "two"')
    for version in "123":
        write_release(tmp_path / "r", "common", version, "")
    return tmp_path / "r"


@pytest.mark.parametrize("jobs", [1, 3])
def test_opam_answers_the_same_at_once(jobs: int, place: Path) -> None:
    tools.need("opam")
    cases = [Case(f"{n}", (), (package(name),)) for n, name in enumerate(["one", "two", "three", "two", "four"])]
    repository = Repository.read(place)
    solutions = [r.solution for r in audits.solved(audit(cases, repository), repository, jobs=jobs)]
    versions = [dict(solution.versions) if solution else None for solution in solutions]
    both = {"common": "3", "one": "1", "two": "1"}
    assert versions == [both, both, {"common": "1", "three": "1"}, {"common": "3", "two": "1"}, {}]
    assert [solution and solution.state for solution in solutions] == ["solved"] * 4 + ["none"]


def test_a_temporary_directory_may_have_any_name(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools.need("opam")
    odd = tmp_path / "with blanks, 'quotes\", $HOME; %{name}% and é"
    odd.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(odd))
    with solver(Repository.read(place), cache=odd / "cache") as opam:
        answer = opam.solve({"it": [package("one")]})["it"]
    assert answer == Solution("solved", "", (("common", "3"), ("one", "1")))


def test_a_solution_that_opam_does_not_report_is_an_error(place: Path, tmp_path: Path) -> None:
    def silent(root: Path, arguments: list[str], place: Path, **settings: str) -> SimpleNamespace:
        return SimpleNamespace(returncode=0, stdout="", stderr="", args=["opam", *arguments])

    made = Solver(tmp_path, (b"", tmp_path), cast("Any", SimpleNamespace(run=silent, end=lambda: None)), {}, 1)
    with pytest.raises(BuildError, match="did not report"):
        made.solve({"it": [package("one")]})


CONFIG = """\
from functoria import Key, arg, foreign, job, package, register
mode = Key.opt("mode", arg.enum(["one", "two", "three", "four"]), default="one")
packages = mode.value.map(lambda name: [package(name)])
app = register("demo", [foreign("Unikernel", job, keys=[mode], packages=packages)])
"""


@pytest.fixture
def config(place: Path) -> Path:
    (place.parent / "config.py").write_text(CONFIG)
    return place.parent / "config.py"


def test_the_command_tells_the_same_in_every_form(
    place: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tools.need("opam")
    for name in ("mirage", "ocaml"):
        write_release(place, name, "4.14", "")
    common = ["audit", "-r", str(place), "--key", "mode", "--cache", str(tmp_path / "c"), "--release", "one", "1"]
    outs = []
    for options in (["--json"], ["--json", "-j", "1"], ["--json-lines"], [], ["-j", "1"]):
        assert run([*common, *options, str(config)]) == 1
        outs.append(capsys.readouterr().out)
    whole, again, lines, text, text_again = outs
    assert whole == again
    assert text == text_again
    document = json.loads(whole)
    records = [json.loads(line) for line in lines.splitlines()]
    assert [[*record] for record in records] == [["release"], ["repository"], *[["case"]] * 4, ["breaks"]]
    assert [record["case"] for record in records if "case" in record] == document.pop("cases")
    assert document == {name: value for record in records for name, value in record.items() if name != "case"}
    assert [line.partition("mode=")[2] for line in text.splitlines() if "mode=" in line and not line[0].isspace()] == [
        "one: can be installed",
        "two: can be installed",
        "three: can be installed",
        "four: breaks",
    ]


def test_the_command_clears_what_is_kept(
    place: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = ["--cache", str(tmp_path / "c")]
    assert run(["audit", "-r", str(place), "--no-solver", *cache, str(config)]) == 1
    capsys.readouterr()
    assert run(["audit", "--clear-cache", *cache]) == 0
    assert capsys.readouterr().out == "removed opam-facts\n"
    assert run(["audit", "--clear-cache", *cache]) == 0
    assert capsys.readouterr().out == ""
    kept = tmp_path / "c" / "functoria-audit"
    kept.rmdir()
    kept.symlink_to(tmp_path)
    assert run(["audit", "--clear-cache", *cache]) == 1
    assert "cannot be removed" in capsys.readouterr().err
    assert config.exists()


def test_closing_ends_what_runs(place: Path) -> None:
    tools.need("opam")
    with solver(Repository.read(place)) as opam:
        coming = opam.answers([{name: Question.of([package(name)])} for name in ("one", "two", "three")])
        next(coming)
        coming.close()
        assert not opam._opam._running
