"""Cases for pytest-benchmark: `pytest benchmarks`. It reports and compares times; no test depends on them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest

from benchmarks import config_ml
from benchmarks.configurations import REFERENCES, Reference
from benchmarks.workloads import WORKLOADS, Workload, declarations, hello, jobs
from benchmarks.workloads411 import WORKLOADS_411, hello_411
from functoria import App, Plan
from functoria.ocaml import loads

SIZE = 1_000
ROUNDS = 5


class Benchmark(Protocol):
    """The part of pytest-benchmark's fixture used here; the fixture has no annotations."""

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any: ...

    def pedantic(self, target: Callable[..., Any], *, setup: Callable[[], Any] = ..., rounds: int) -> Any: ...


ALL = {**WORKLOADS, **WORKLOADS_411}
workloads = pytest.mark.parametrize("workload", ALL.values(), ids=ALL)


def fresh(make: Callable[[], Any]) -> Callable[[], Any]:
    """Return the setup that gives each round a new argument, because applications and plans cache results."""
    return lambda: ((make(),), {})


def size(workload: Workload) -> int:
    return SIZE // workload.share


@workloads
def test_plan(benchmark: Benchmark, workload: Workload) -> None:
    plan = benchmark.pedantic(App.plan, setup=fresh(lambda: workload.build(size(workload))), rounds=ROUNDS)
    others = len(workload.register("empty", []).plan().devices)
    assert len(plan.devices) == workload.devices(size(workload)) + others


@workloads
def test_files(benchmark: Benchmark, workload: Workload) -> None:
    files = benchmark.pedantic(Plan.files, setup=fresh(lambda: workload.build(size(workload)).plan()), rounds=ROUNDS)
    assert files == workload.build(size(workload)).plan().files()


@workloads
def test_graph(benchmark: Benchmark, workload: Workload) -> None:
    def graph(plan: Plan) -> Any:
        return plan.graph.nodes  # the access makes the networkx part

    made = benchmark.pedantic(graph, setup=fresh(lambda: workload.build(size(workload)).plan()), rounds=ROUNDS)
    assert len(made) >= workload.devices(size(workload))


@pytest.mark.parametrize(("make", "name"), [(hello, "main.ml"), (hello_411, "mirage/main.ml")], ids=["3.3", "4.11"])
def test_hello(benchmark: Benchmark, make: Callable[[], App], name: str) -> None:
    files = benchmark(lambda: make().plan().files())
    assert "Unikernel.Hello" in files[name]


def test_write(benchmark: Benchmark, tmp_path: Path) -> None:
    plan, numbers = jobs(SIZE).plan(), count()
    written = benchmark.pedantic(plan.write, setup=fresh(lambda: tmp_path / str(next(numbers))), rounds=ROUNDS)
    assert {path.name for path in written} == set(plan.files())


def test_write_again(benchmark: Benchmark, tmp_path: Path) -> None:
    plan = jobs(SIZE).plan()
    plan.write(tmp_path)
    assert benchmark(plan.write, tmp_path) == []


def test_why(benchmark: Benchmark) -> None:
    why = benchmark.pedantic(
        lambda plan: plan.why("shared"), setup=fresh(lambda: declarations(SIZE).plan()), rounds=ROUNDS
    )
    assert len(why.reasons) == SIZE


@pytest.mark.parametrize("modules", ["sys", "functoria, mirage_devices", "networkx"])
def test_import(benchmark: Benchmark, modules: str) -> None:
    def run() -> int:
        return subprocess.run([sys.executable, "-c", f"import {modules}"], check=True).returncode

    assert benchmark.pedantic(run, rounds=ROUNDS) == 0


@pytest.mark.parametrize("reference", REFERENCES, ids=[f"{r.release} {r.name}" for r in REFERENCES])
def test_configure(benchmark: Benchmark, reference: Reference, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(reference.text)
    numbers = count()

    def run(directory: Path) -> Path:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "functoria",
            "configure",
            "-t",
            "hvt",
            "-f",
            tmp_path / "config.py",
            "-b",
            directory,
        ]
        subprocess.run(command, check=True, capture_output=True)
        return directory

    built = benchmark.pedantic(run, setup=fresh(lambda: tmp_path / f"build{next(numbers)}"), rounds=ROUNDS)
    assert (built / ("main.ml" if reference.release == "3.3" else "mirage/main.ml")).stat().st_size > 0


@pytest.mark.parametrize("lines", [100, 400, 1600])
def test_config_ml(benchmark: Benchmark, lines: int) -> None:
    source = config_ml.long(lines)
    app = benchmark(lambda: loads(source, environment={}))
    assert len(app.root.jobs) == lines // 4
