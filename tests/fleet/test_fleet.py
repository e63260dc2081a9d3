"""A fleet gives the same results as planning its cases one by one, whichever worker does it; failures stay separate."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mirage_devices
from functoria import App, FunctoriaError, Plan, foreign, job, package
from functoria.errors import ConfigError, InvalidValue, WorkerLost
from functoria.fleet import Case, Fleet, Outline, Result
from functoria.loading.configuration import load
from functoria.loading.modules import forget
from tests.fleets import IN_OCAML, broken, unikernel, unikernels
from tests.tools import run

pytestmark = pytest.mark.filterwarnings("ignore:beware")  # of only-xen

TARGETS = ("unix", "hvt", "xen")


class Late(Executor):
    """Does nothing until a result is requested, then runs what is pending, in any order."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._waiting: list[Callable[[], None]] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        late = self

        class Asked(Future[Any]):
            def result(self, timeout: float | None = None) -> Any:
                late._do()
                return super().result(timeout)

        future: Future[Any] = Asked()

        def do() -> None:
            if future.set_running_or_notify_cancel():
                future.set_result(function(*arguments, **named))

        self._waiting.append(do)
        return future

    def _do(self) -> None:
        self._random.shuffle(self._waiting)
        while self._waiting:
            self._waiting.pop()()


def outline(plan: Plan) -> Outline:
    """Return the outline of a plan made here, without this file's lines: in a fleet, declarations made while planning
    have no place in a user's file."""
    data = Outline.of(plan).data
    declared = [
        [*fields, *((None, None) if file == __file__ else (file, line)), modules]
        for *fields, file, line, modules in data["declared"]
    ]
    return Outline({**data, "declared": declared})


def said(error: FunctoriaError) -> Any:
    """Return the text of an error without the line of this file that led to it."""
    places = [place for place in error.locations if place.file != __file__]
    return type(error), error.message, error.more, places, [place.span for place in places]


def one_by_one(fleet: Fleet) -> list[tuple[str, Any]]:
    """Plan each case by itself: return the outline of its plan, or its error."""
    found: list[tuple[str, Any]] = []
    for case in fleet:
        try:
            app = load(case.configuration.path)  # type: ignore[union-attr]  # these are files
            found.append((str(case), outline(app.plan(dict(case.choices)))))
        except FunctoriaError as error:
            found.append((str(case), said(error)))
    return found


def told(results: Iterator[Result[Outline]]) -> list[tuple[str, Any]]:
    return [(str(each.case), each.value if each.error is None else said(each.error)) for each in results]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three unikernels in Python, one in OCaml, one that does not load, and one that needs a target."""
    there = unikernels(tmp_path_factory.mktemp("fleet"), "dns", "web", "net/nat")
    (there / "caml").mkdir()
    (there / "caml" / "config.ml").write_text(IN_OCAML)
    broken(there, "broken", "import nothing_of_this_name\n")
    broken(
        there,
        "only-xen",
        "from mirage_devices.v4 import main, register\nfrom functoria import job\nimport warnings\n"
        "from functoria.errors import FunctoriaWarning\n"
        "print('said aloud')\nwarnings.warn(FunctoriaWarning('beware'))\n"
        'app = register("x", [main("Unikernel", job)])\n',
    )
    return there


@contextmanager
def everything(there: Path) -> Iterator[Fleet]:
    yield Fleet.discover(there, targets="all") + Fleet.of(
        there / "web" / "config.py", matrix={"greeting": ["hi", "no"]}
    )


def test_the_cases_of_a_directory(place: Path) -> None:
    fleet = Fleet.discover(place, targets=TARGETS)
    assert [str(case) for case in fleet] == [
        f"{label} target={target}"
        for label in ("broken", "caml", "dns", "net/nat", "only-xen", "web")
        for target in TARGETS
    ]
    every = [str(case) for case in Fleet.discover(place / "dns", targets="all")]
    known = load(place / "dns" / "config.py").keys_by_name["target"][0].converter.alternatives
    assert every == [f"dns target={target}" for target in known]
    assert fleet == Fleet.discover(place, targets=TARGETS)


EXECUTORS: dict[str, Callable[[], Any]] = {
    "threads": lambda: ThreadPoolExecutor(3),
    "processes": lambda: ProcessPoolExecutor(2),
    "apart, late and in any order": lambda: Late(1),
}


@pytest.mark.parametrize("name", EXECUTORS)
def test_results_are_those_of_cases_planned_one_by_one(place: Path, name: str) -> None:
    with everything(place) as fleet, EXECUTORS[name]() as executor:
        assert told(fleet.plans(executor)) == one_by_one(fleet)


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_in_this_process_and_in_a_pool(place: Path, jobs: int) -> None:
    with everything(place) as fleet:
        assert told(fleet.plans(jobs=jobs)) == one_by_one(fleet)


@settings(max_examples=15)
@given(
    seed=st.integers(), window=st.integers(1, 5), names=st.lists(st.sampled_from(["dns", "web", "broken"]), max_size=6)
)
def test_no_order_of_work_and_no_window_changes_results(place: Path, seed: int, window: int, names: list[str]) -> None:
    fleet = Fleet.of([place / name / "config.py" for name in names], targets=("hvt", "all of them"))
    assert told(fleet.plans(Late(seed), window=window)) == told(fleet.plans(jobs=1))


def test_what_a_result_has(place: Path) -> None:
    (result,) = Fleet.of(place / "only-xen" / "config.py", targets="xen").plans(jobs=1)
    assert (result.outcome, result.ok, result.error, result.kept) == ("done", True, None, False)
    assert result.seconds > 0
    assert [each.message for each in result.warnings] == ["beware"]
    assert "said aloud" in result.output
    outline, plan = result.get(), result.plan()
    assert outline.packages == tuple(plan.packages)
    assert outline.keys["target"] == "xen"
    assert {name: made.size for name, made in outline.files.items()} == {
        name: len(text.encode()) for name, text in plan.files().items()
    }
    (failed,) = Fleet.of(place / "broken" / "config.py").plans(jobs=1)
    assert (failed.outcome, failed.ok, failed.value) == ("failed", False, None)
    assert type(failed.error) is ConfigError
    assert failed.error.locations[0].file == str(place / "broken" / "config.py")
    with pytest.raises(ConfigError, match="nothing_of_this_name"):
        failed.get()


def test_a_process_that_dies_takes_its_own_case_with_it(tmp_path: Path) -> None:
    unikernels(tmp_path, "a", "c")
    broken(tmp_path, "b", "import os\nos._exit(3)\n")
    results = list(Fleet.discover(tmp_path, targets=TARGETS).plans(jobs=2))
    assert [each.outcome for each in results] == ["done"] * 3 + ["failed"] * 3 + ["done"] * 3
    assert isinstance(results[3].error, WorkerLost)


def test_a_script_that_begins_a_pool_while_it_is_imported_is_told_so_once(tmp_path: Path) -> None:
    unikernels(tmp_path / "from", "a", "b", "c")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom functoria.fleet import Fleet\nprint('run', flush=True)\n"
        "print(list(Fleet.discover(sys.argv[1], targets=['hvt', 'xen']).plans(jobs=2)))\n"
    )
    root = Path(__file__).parents[2]
    done = run(sys.executable, script, tmp_path / "from", check=False, PYTHONPATH=str(root))
    assert done.returncode != 0
    assert done.stdout.count("run") <= 5  # this process, and processes of a pool that is made again at most once
    assert "BuildError: no process of the pool could start" in done.stderr


OWN_WAYS = (
    "raise KeyboardInterrupt",
    "raise GeneratorExit",
    "import asyncio\nraise asyncio.CancelledError",
    "class Own(BaseException): pass\nraise Own",
)


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "raise RuntimeError('no')", "def f(): f()\nf()", *OWN_WAYS])
def test_what_a_configuration_raises_is_of_its_cases(tmp_path: Path, code: str) -> None:
    unikernels(tmp_path, "a")
    broken(tmp_path, "b", f"{code}\n")
    results = list(Fleet.discover(tmp_path).plans(jobs=1))
    assert [each.outcome for each in results] == ["done", "failed"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_base_exception_while_planning_is_of_its_case(tmp_path: Path, jobs: int) -> None:
    unikernels(tmp_path, "a", "c")
    for name, code in enumerate(OWN_WAYS):
        broken(tmp_path, f"b{name}", f"{code}\n")
    results = list(Fleet.discover(tmp_path, targets="all").plans(jobs=jobs))
    assert {each.case.label: each.outcome for each in results} == {
        "a": "done",
        **{f"b{name}": "failed" for name, _ in enumerate(OWN_WAYS)},
        "c": "done",
    }


def test_a_real_interruption_is_not_of_a_case(tmp_path: Path) -> None:
    unikernels(tmp_path, "a")
    broken(tmp_path, "b", "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    old = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background process may ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            list(Fleet.discover(tmp_path).plans(jobs=1))
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, old)


CHANGES = """\
import os, sys
os.environ["FUNCTORIA_LEFT"] = "1"
os.environ.pop("FUNCTORIA_THERE", None)
os.chdir("/")
sys.path.insert(0, "/left")
sys.path = [*sys.path, "/left"]
sys.argv.append("left")
sys.setrecursionlimit(5000)
"""
SEES = """\
import os, sys
seen = [os.environ.get("FUNCTORIA_LEFT"), os.environ.get("FUNCTORIA_THERE"), os.getcwd(), sys.path[1:], sys.argv]
raise RuntimeError(repr([*seen, sys.getrecursionlimit()]))
"""


@pytest.mark.parametrize("executor", [None, lambda: ProcessPoolExecutor(1)])
def test_a_configuration_does_not_see_what_another_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: Callable[[], Any] | None
) -> None:
    monkeypatch.setenv("FUNCTORIA_THERE", "2")
    for name, text in (("a", SEES), ("b", CHANGES), ("c", SEES)):
        broken(tmp_path, name, text)
    forget()
    before = (dict(os.environ), os.getcwd(), list(sys.path), list(sys.argv), sys.getrecursionlimit())
    running = None if executor is None else executor()
    results = list(Fleet.discover(tmp_path).plans(running, jobs=1 if running is None else None))
    if running is not None:
        running.shutdown()
    one, two = (str(results[place].error).split("failed: ")[1].split("\n")[0] for place in (0, 2))
    assert "'2'" in one
    assert one == two.replace(str(tmp_path / "c"), str(tmp_path / "a"))
    assert before == (dict(os.environ), os.getcwd(), list(sys.path), list(sys.argv), sys.getrecursionlimit())


def test_an_executor_that_is_shut_down_or_broken_says_so(place: Path) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        list(Fleet.discover(place).plans(executor))
    for wrong in ({"jobs": 0}, {"jobs": True}, {"window": 0}, {"jobs": 1, "executor": executor}, {"executor": 3}):
        with pytest.raises(InvalidValue):
            Fleet.discover(place).plans(**wrong)  # type: ignore[arg-type]


# Applications


def application(name: str, library: str = "duration") -> App:
    return mirage_devices.register(name, [foreign("Unikernel", job, packages=[package(library)])])


@pytest.mark.parametrize("executor", [None, *EXECUTORS.values()])
def test_applications_travel(executor: Callable[[], Any] | None) -> None:
    fleet = Fleet.of([application("one"), application("two", "lwt")], targets=["unix", "hvt"])
    expected = [Outline.of(case.configuration.app.plan(dict(case.choices))) for case in fleet]  # type: ignore[union-attr]
    if executor is None:
        assert [each.get() for each in fleet.plans()] == expected
        return
    with executor() as running:
        assert [each.get() for each in fleet.plans(running)] == expected


def test_a_deep_application_travels() -> None:
    term = foreign("Level", job)
    for _ in range(10_000):
        term = foreign("Level", job, deps=[term])
    app = mirage_devices.register("deep", [term])
    with ProcessPoolExecutor(1) as executor:
        (result,) = Fleet.of(app, targets="unix").plans(executor)
    assert result.get() == Outline.of(app.plan(target="unix"))


def test_an_application_with_a_function_without_a_name_travels_by_cloudpickle(place: Path) -> None:
    pytest.importorskip("cloudpickle")
    from functoria import Key, arg

    def key() -> Any:
        return Key.opt(
            "k", arg.custom("x", runtime="x", parse=lambda text: text, literal=lambda text: f'"{text}"'), default="a"
        )

    app = mirage_devices.register("odd", [foreign("Unikernel", job, keys=[key()])])
    with ProcessPoolExecutor(1) as executor:
        (result,) = Fleet.of(app, targets="unix").plans(executor)
    assert result.get() == Outline.of(app.plan(target="unix"))


# Questions, and writing


def test_questions(place: Path) -> None:
    fleet = Fleet.of(place / "dns" / "config.py", targets=["hvt", "xen"])
    plans = [each.plan() for each in fleet.plans(jobs=1)]
    for question, file in (("main.ml", "mirage/main.ml"), ("dune", "dune")):
        assert [each.get() for each in fleet.query(question, jobs=1)] == [plan.files()[file] for plan in plans]
    assert [each.get() for each in fleet.query("packages", jobs=1)] == [
        [str(p) for p in plan.packages] for plan in plans
    ]
    assert [each.get() for each in fleet.query("keys", jobs=1)] == [each.get().keys for each in fleet.plans(jobs=1)]
    assert [each.get() for each in fleet.query("opam", jobs=1)] == [
        next(text for name, text in plan.files().items() if name.endswith(".opam")) for plan in plans
    ]
    (one, _) = fleet.query("mian.ml", jobs=1)
    with pytest.raises(KeyError, match=r"did you mean mirage/main\.ml"):
        one.get()


@pytest.mark.parametrize("executor", [None, *EXECUTORS.values()])
def test_writing(tmp_path: Path, executor: Callable[[], Any] | None) -> None:
    unikernels(tmp_path / "from", "a", "b/c")
    broken(tmp_path / "from", "z", "1/0\n")
    fleet = Fleet.discover(tmp_path / "from", targets=["hvt", "xen"])
    for again in (False, True):
        if executor is None:
            results = list(fleet.write(tmp_path / "to"))
        else:
            with executor() as running:
                results = list(fleet.write(tmp_path / "to", running))
        assert [each.outcome for each in results] == ["done"] * 4 + ["failed"] * 2
        for each in results[:4]:
            files = each.plan().files()
            there = tmp_path / "to" / each.case.directory
            assert {name: (there / name).read_text() for name in files} == files
            assert bool(each.get()["written"]) is not again
    assert sorted(str(path.relative_to(tmp_path / "to")) for path in (tmp_path / "to").glob("*/*")) == [
        "a/hvt",
        "a/xen",
        "b.c/hvt",
        "b.c/xen",
    ]


def test_no_two_cases_are_written_to_one_directory(tmp_path: Path) -> None:
    fleet = Fleet.of([application("one"), application("one", "lwt"), application("one")], targets=["unix"])
    one, two, again = fleet.write(tmp_path / "to")
    assert (one.outcome, two.outcome, again.outcome) == ("done", "done", "failed")
    assert [each.case.label for each in (one, two, again)] == ["one", "one.2", "one"]
    assert one.case.directory != two.case.directory
    assert "is in the fleet twice" in str(again.error)
    for number, executor in enumerate([None, Late(0)]):
        twice = Fleet.of(application("one")) + Fleet.of(application("one"))
        _, again = twice.write(tmp_path / f"twice-{number}", executor)
        assert "is in the fleet twice" in str(again.error)
    labelled = Fleet(
        [Case.of(application("one", "lwt"), {"target": "unix"}, label="two"), *Fleet.of(application("one"))]
    )
    assert [each.outcome for each in labelled.write(tmp_path / "other")] == ["done", "done"]


WILD = {
    "recurses": "def f(): f()\nf()",
    "exits": "import os, sys, tempfile\nd = tempfile.mkdtemp()\nos.chdir(d)\nos.rmdir(d)\nsys.stdout = None\nsys.exit(3)",
    "forgets": "import sys\nsys.modules.clear()",
    "hides": "import sys\nsys.modules['json'] = None\nsys.modules['functoria.fleet.result'] = None",
    "says-nothing": "class E(BaseException):\n    def __str__(self): raise ValueError\nraise E",
    "says-less": "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
    "closes": "import sys\nsys.stdout.close()\nsys.stderr.buffer.close()\nsys.stderr.detach()",
    "limits": "import sys\nsys.setrecursionlimit(len(__import__('inspect').stack()) + 20)",
    "warns": "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('x')",
    "interrupts": "raise KeyboardInterrupt",
    "ends": "raise GeneratorExit",
    "stops": "raise StopIteration",
}


@pytest.mark.parametrize("jobs", [1, 2])
def test_whatever_a_configuration_does_it_fails_alone(tmp_path: Path, jobs: int) -> None:
    for name, text in WILD.items():
        broken(tmp_path, f"{name}/bad", text)
        unikernel(tmp_path, f"{name}/good")
    fleet = Fleet.discover(tmp_path, targets=["hvt", "xen"])
    forget()
    before = dict(os.environ), os.getcwd(), sys.getrecursionlimit(), list(sys.path), sys.stdout, sys.modules["json"]
    results = list(fleet.plans(jobs=jobs))
    assert (
        dict(os.environ),
        os.getcwd(),
        sys.getrecursionlimit(),
        list(sys.path),
        sys.stdout,
        sys.modules["json"],
    ) == before
    for each in results:
        good = each.case.label.endswith("good")
        assert each.outcome == ("done" if good else "failed"), each
        if not good:
            assert each.error is not None
            assert each.error.message
    assert len(results) == 4 * len(WILD)


def test_what_is_not_a_case_is_refused(tmp_path: Path) -> None:
    for wrong in (3, "config.py", application("one")):
        with pytest.raises(InvalidValue, match="a fleet consists of cases"):
            Fleet([wrong])  # type: ignore[list-item]
    with pytest.raises(InvalidValue, match="not 3"):
        Fleet.of(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="a list of values"):
        Fleet.of(application("one"), matrix={"k": "one"})  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match="contains no configuration"):
        Fleet.discover(tmp_path)


# Exclusions

_VALUES = st.sampled_from(["hvt", "xen", "unix", "spt"])


@pytest.mark.filterwarnings("ignore:an exclusion of .* matches no case")
@settings(max_examples=30)
@given(
    targets=st.lists(_VALUES, min_size=1, max_size=4, unique=True),
    greetings=st.lists(st.sampled_from(["hi", "ho"]), min_size=1, max_size=2, unique=True),
    excluded=st.lists(
        st.fixed_dictionaries({}, optional={"target": _VALUES, "greeting": st.sampled_from(["h*", "ho", "x"])}).filter(
            bool
        ),
        max_size=3,
    ),
)
def test_exclusions(targets: list[str], greetings: list[str], excluded: list[dict[str, str]]) -> None:
    from fnmatch import fnmatchcase

    app = application("one")
    every = [{"target": target, "greeting": greeting} for target in targets for greeting in greetings]
    fleet = Fleet.of(app, targets=targets, matrix={"greeting": greetings}).excluding(*excluded)
    assert [dict(case.choices) for case in fleet] == [
        case
        for case in every
        if not any(all(fnmatchcase(case[name], text) for name, text in each.items()) for each in excluded)
    ]


def test_exclusions_of_a_configuration_after_its_targets_are_known(place: Path) -> None:
    fleet = Fleet.discover(place, targets="all").excluding(
        {"configuration": "net/*"}, {"configuration": "d*", "target": "[!x]*"}
    )
    cases = [str(case) for case in fleet]
    assert not any(case.startswith("net/") for case in cases)
    assert [case for case in cases if case.startswith("dns")] == ["dns target=xen"]
    with pytest.raises(InvalidValue, match="would exclude everything"):
        fleet.excluding({})


def test_a_unikernel_alone_is_called_by_its_directory(tmp_path: Path) -> None:
    unikernel(tmp_path, "alone")
    assert [case.label for case in Fleet.discover(tmp_path / "alone")] == ["alone"]
    assert [case.label for case in Fleet.of(tmp_path / "alone" / "config.py")] == ["alone"]
    assert [case.label for case in Fleet.of(tmp_path / "alone" / "parts.py")] == ["parts"]
