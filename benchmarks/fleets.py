"""Measure how fleets grow: planning 100, 1,000 and 10,000 cases, here, in a pool and on a dask cluster.

`python -m benchmarks.fleets` measures each in a separate process, in turns, so that other load on the machine affects all of them
alike; `--sizes 100,1000` and `--rounds 3` choose how much. Processor time is that of all processes together.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from functoria.fleet import Fleet

TARGETS = ("unix", "macosx", "xen", "qubes", "virtio", "hvt", "spt", "muen", "genode", "unikraft-qemu")
WAYS = ("here", "pool of 1", "pool of 2", "dask of 1", "dask of 2")
CONFIGURATION = """\
from functoria import Key, arg, job
from mirage_devices.v4 import default_network, generic_stackv4v6, main, package, register, runtime_arg, stackv4v6

unikernel = main(
    "Unikernel.Main",
    stackv4v6 >> job,
    packages=[package("lru", min="0.3.{number}", max="0.4.0"), package("ohex", min="0.2.0")],
    runtime_args=[runtime_arg("Unikernel.port")],
)
app = register("unikernel-{number}", [unikernel @ generic_stackv4v6(default_network)])
"""


def written(place: Path, cases: int) -> Fleet:
    """Write unikernels for this number of cases."""
    for number in range(cases // len(TARGETS)):
        directory = place / f"{number // 100:03}" / f"{number:06}"
        directory.mkdir(parents=True)
        (directory / "config.py").write_text(CONFIGURATION.format(number=number % 50))
        (directory / "unikernel.ml").write_text("let start _ = Lwt.return_unit\n")
    return Fleet.discover(place, targets=TARGETS)


@contextmanager
def running(way: str) -> Iterator[dict[str, Any]]:
    """Return the arguments for running a fleet in one of the ways."""
    name, _, count = way.partition(" of ")
    if name == "here":
        yield {"jobs": 1}
    elif name == "pool":
        from functoria.fleet import engine

        pool = engine.Pool(int(count))
        engine.engine = lambda *_, **__: pool  # type: ignore[assignment]  # one process is otherwise none
        import functoria.fleet.fleet as fleets

        fleets.engine = engine.engine  # type: ignore[attr-defined]
        yield {}
    else:
        from distributed import Client, LocalCluster

        with (
            LocalCluster(n_workers=int(count), threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
            client.get_executor() as executor,
        ):
            yield {"executor": executor}


def used() -> float:
    """Return the processor time of this process and of those that it has waited for, in seconds."""
    return sum(
        found.ru_utime + found.ru_stime
        for found in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def one(way: str, cases: int, place: Path) -> dict[str, float]:
    """Plan this number of cases in one of the ways, and return the costs, including starting and ending the processes."""
    fleet = Fleet.discover(place, targets=TARGETS)
    before, since, own = used(), time.perf_counter(), time.process_time()
    with running(way) as arguments:
        done = sum(result.outcome == "done" for result in fleet.plans(**arguments))
    assert done == cases, f"{done} of {cases} are planned"
    return {
        "processor": used() - before,
        "own": time.process_time() - own,
        "wall": time.perf_counter() - since,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def question(cases: int, place: Path) -> dict[str, float]:
    """Answer one question from stored results of planned cases, including reading them."""
    from functoria.fleet.questions import packages, release

    fleet, store = Fleet.discover(place, targets=TARGETS), place.parent / "store"
    list(fleet.plans(jobs=1, store=store))
    found: dict[str, float] = {}
    since = time.process_time()
    results = list(fleet.plans(jobs=1, store=store))
    found["reading what is kept"] = time.process_time() - since
    assert all(each.kept for each in results)
    for name, ask in (("release", lambda: release(results, "tcpip", "9.0.1")), ("packages", lambda: packages(results))):
        since = time.process_time()
        assert ask().rows
        found[name] = time.process_time() - since
    found["bytes kept a case"] = store.stat().st_size / cases
    return found


def measured(sizes: list[int], rounds: int, ways: list[str]) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Yield the medians of all ways and sizes, which take turns."""
    with tempfile.TemporaryDirectory() as directory:
        places = {cases: Path(directory) / str(cases) / "fleet" for cases in sizes}
        for cases, place in places.items():
            written(place, cases)
        found: dict[tuple[str, int], list[dict[str, float]]] = {}
        for number in range(rounds):
            for cases in sizes:
                for way in [*ways, *(["question"] if cases == 1000 else [])]:
                    if number and cases >= 10_000:
                        continue
                    said = subprocess.run(
                        [sys.executable, "-m", "benchmarks.fleets", "--one", way, str(cases), str(places[cases])],
                        check=True,
                        capture_output=True,
                        text=True,
                    ).stdout
                    found.setdefault((way, cases), []).append(json.loads(said.splitlines()[-1]))
                    print(f"round {number + 1}: {way}, {cases} cases", file=sys.stderr, flush=True)
        for (way, cases), runs in found.items():
            yield way, cases, {name: median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--one", nargs=3, metavar=("WAY", "CASES", "PLACE"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.one:
        way, cases, place = said.one[0], int(said.one[1]), Path(said.one[2])
        print(json.dumps(question(cases, place) if way == "question" else one(way, cases, place)))
        return
    sizes = [int(size) for size in said.sizes.split(",")]
    table: dict[str, dict[int, dict[str, float]]] = {}
    for way, cases, found in measured(sizes, said.rounds, said.ways.split(",")):
        if way == "question":
            print(f"{cases} plans:", ", ".join(f"{name} {figure:.3f}" for name, figure in found.items()))
            continue
        table.setdefault(way, {})[cases] = found
    base = table.get("here", {})
    for way, by_size in table.items():
        for cases, found in by_size.items():
            a_case = 1000 * found["processor"] / cases
            more = a_case - 1000 * base[cases]["processor"] / cases if cases in base else math.nan
            print(
                f"{way:<10} {cases:>6} cases: {a_case:6.2f} ms of processor a case ({more:+.2f} against here), "
                f"{1000 * found['own'] / cases:.2f} ms of it in this process, "
                f"{cases / found['processor']:.0f} cases a second and core, {found['wall']:6.1f} s, {found['memory']:5.0f} MiB"
            )
        (few, less), (many, most) = sorted(by_size.items())[0], sorted(by_size.items())[-1]
        if many > few:
            exponent = math.log(most["processor"] / less["processor"]) / math.log(many / few)
            memory = 1024 * (most["memory"] - less["memory"]) / (many - few)
            print(f"{way:<10} exponent {exponent:.2f}, {memory:.2f} KiB of this process a case")


if __name__ == "__main__":
    main()
