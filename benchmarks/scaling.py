"""Measure how costs grow from 1,000 to 10,000, and whole processes: tables, and whether each goal is met.

    python -m benchmarks.scaling --python ENVIRONMENT/bin/python

If a goal is missed, nothing fails: figures depend on the machine, and on its other load.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import measure
from benchmarks.configurations import REFERENCES
from benchmarks.processes import IMPORT, Spread, first_plan, installation, processes
from benchmarks.workloads import WORKLOADS, Workload, hello
from benchmarks.workloads411 import WORKLOADS_411, hello_411
from functoria import App

ALL = {**WORKLOADS, **WORKLOADS_411}
SIZES = (1_000, 2_000, 4_000, 7_000, 10_000)
EXPONENT = 1.1
NODE_BYTES = 2_000
HELLO_SECONDS = 0.003
IMPORT_SECONDS = 0.060
CONFIGURE_SECONDS = 0.20


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark with `arguments`, by default those of the process, and print the results."""
    options = _parser().parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {_load()}\n")
    goals: list[str] = []
    for name in options.only or ALL:
        goals += _workload(ALL[name], options.sizes, options.runs, not options.no_collector)
    goals += _hello(hello, "hello", options.runs)
    goals += _hello(hello_411, "hello of 4.11", options.runs)
    if options.python is not None:
        goals += _processes(str(Path(options.python).absolute()), options.process_runs)
    print("Goals\n")
    print("\n".join(goals))
    print(f"\nAt the end: {_load()}")


def _workload(workload: Workload, sizes: Sequence[int], runs: int, collect: bool) -> Iterator[str]:
    """Print the table of `workload`, and return its goals. Sizes take turns, like processes."""
    counts = [size // workload.share for size in sizes]
    taken: dict[int, list[measure.Seconds]] = {count: [] for count in counts}
    for _ in range(runs):
        for count, times in taken.items():
            times.append(measure.seconds(partial(workload.build, count), collect=collect))
    print(f"{workload.name}: {(workload.build.__doc__ or '').strip()}\n")
    print(
        "    size  devices |  build s   plan s  files s | total s: least  median    most  processor |"
        "  peak B  of it terms  networkx B, a device |  peak B a term"
    )
    peak = 0.0
    for count, times in taken.items():
        best, totals = min(times, key=lambda t: t.total), Spread.of([t.total for t in times])
        used = measure.memory(workload, count)
        nodes = max(used.devices, count)  # a device with `count` keys or packages is not small
        peak = used.peak / nodes
        print(
            f"{count:8} {used.devices:8} | {best.build:8.3f} {best.plan:8.3f} {best.files:8.3f} |"
            f" {totals.low:14.3f} {totals.median:7.3f} {totals.high:7.3f} {min(t.processor for t in times):10.3f} |"
            f" {peak:7.0f} {used.application / nodes:12.0f} {used.graph / nodes:21.0f} |"
            f" {used.peak / max(used.terms, count):14.0f}"
        )
    totals_of = [[t.total for t in times] for times in taken.values()]
    k = measure.exponent(counts, [min(totals) for totals in totals_of])
    k_median = measure.exponent(counts, [median(totals) for totals in totals_of])
    k_calls = measure.exponent(counts, [measure.calls(workload, count) for count in counts])
    k_processor = measure.exponent(counts, [min(t.processor for t in times) for times in taken.values()])
    print(
        f"\ngrowth exponent: {k:.2f} of the least, {k_median:.2f} of the medians, {k_processor:.2f} of the processor's;"
        f" {k_calls:.2f} of calls\n"
    )
    if workload.within is not None and max(sizes) == max(SIZES):
        yield _goal(f"{workload.name}: {max(counts):,} built, planned and emitted", min(totals_of[-1]), workload.within)
    yield _goal(f"{workload.name}: growth exponent by the clock", k, EXPONENT, "")
    yield _goal(f"{workload.name}: growth exponent of the processor's time", k_processor, EXPONENT, "")
    yield _goal(f"{workload.name}: peak memory a device, nothing taken off", peak, NODE_BYTES, "B")


def _hello(build: Callable[[], App], name: str, runs: int) -> Iterator[str]:
    times = [measure.seconds(build) for _ in range(runs * 30)]
    spread = Spread.of([t.plan + t.files for t in times])
    print(f"{name} in process, plan and files: {_milliseconds(spread)}\n")
    yield _goal(f"{name}: plan and files in process", spread.median, HELLO_SECONDS, "ms")


def _processes(python: str, runs: int) -> Iterator[str]:
    (taken,) = processes([python], REFERENCES, runs)
    print(f"Whole processes, {runs} runs each; the project is {installation(python)}\n")
    for name, process in taken.items():
        used = f"processor: least {process.processor.low * 1e3:6.1f}, median {process.processor.median * 1e3:6.1f} ms"
        print(f"{name:34} {_milliseconds(process.clock)} | {used}")
    print(f"{'plan and files, first in a process':34} {_milliseconds(first_plan(python, runs))}\n")
    print("configure, seconds               here | elsewhere, in one run: MirageOS    again  cc3847f")
    for reference in REFERENCES:
        name = f"{reference.release} {reference.name}"
        here = taken[f"configure {name}"].clock.median
        theirs = ["-" if seconds is None else f"{seconds:.3f}" for seconds in reference[3:]]
        print(f"{name:28} {here:8.3f} | {theirs[0]:>31} {theirs[1]:>8} {theirs[2]:>8}")
    print()
    bare = taken["bare interpreter"].clock.median
    imported = taken[IMPORT].clock.median - bare
    yield _goal("import functoria, mirage_devices, over the bare interpreter", imported, IMPORT_SECONDS, "ms")
    for release in ("3.3", "4.11"):
        configured = taken[f"configure {release} hello"].clock.median
        yield _goal(f"configure of hello of {release}, a whole process", configured, CONFIGURE_SECONDS, "ms")


def _goal(what: str, found: float, goal: float, unit: str = "s") -> str:
    scale, places = {"ms": (1e3, 1), "B": (1.0, 0)}.get(unit, (1.0, 2))
    figures = f"{found * scale:.{places}f} {unit}, at most {goal * scale:.{places}f}"
    return f"{'met    ' if found <= goal else 'NOT MET'}  {what}: {figures.replace(' ,', ',')}"


def _milliseconds(spread: Spread) -> str:
    return f"least {spread.low * 1e3:6.1f}, median {spread.median * 1e3:6.1f}, most {spread.high * 1e3:6.1f} ms"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} processes running, on average of the last minute"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scaling", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--python", metavar="PATH", help="interpreter of an environment that the project is installed in"
    )
    parser.add_argument(
        "--process-runs", type=int, default=41, metavar="N", help="runs of each process; 41 if left out"
    )
    parser.add_argument("--runs", type=int, default=11, metavar="N", help="runs of each size; 11 if left out")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="sizes to run")
    parser.add_argument("--only", action="append", choices=ALL, help="a workload to run; may be given again")
    parser.add_argument("--no-collector", action="store_true", help="stop the garbage collector during runs")
    return parser


if __name__ == "__main__":
    main()
