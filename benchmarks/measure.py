"""Measure one workload within a process: seconds, calls and bytes, each in a run of its own."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from math import log
from time import perf_counter, process_time
from typing import NamedTuple

import networkx  # noqa: F401 # imported before anything is measured: it is not part of what a plan costs

from benchmarks.workloads import Workload
from functoria import App
from functoria.term import walk


class Seconds(NamedTuple):
    """The clock time of each step, in seconds."""

    build: float
    """Making the term and registering it, as a configuration does."""
    plan: float
    files: float
    processor: float
    """The time of the processor that all steps took: less, where other programs had it meanwhile."""

    @property
    def total(self) -> float:
        """The sum of all steps."""
        return self.build + self.plan + self.files


class Memory(NamedTuple):
    """Bytes, as counted by tracemalloc."""

    devices: int
    """How many devices the plan has."""
    terms: int
    """How many distinct terms the application has, in all branches of all choices."""
    application: int
    """What the application takes, before it is planned."""
    peak: int
    """The most that was in use at once: the application, the plan, its files, and what was there in between."""
    graph: int
    """What the networkx graph takes, once it is asked for: planning and emitting do without it."""


def seconds(build: Callable[[], App], *, collect: bool = True) -> Seconds:
    """Measure one run over a new application.

    What earlier runs left is collected before. During the run the garbage collector works as it does for any user, unless
    `collect` is false.
    """
    gc.collect()
    if not collect:
        gc.disable()
    try:
        used, start = process_time(), perf_counter()
        app = build()
        built = perf_counter()
        plan = app.plan()
        planned = perf_counter()
        plan.files()
        emitted = perf_counter()
        return Seconds(built - start, planned - built, emitted - planned, process_time() - used)
    finally:
        gc.enable()


def calls(workload: Workload, size: int) -> int:
    """Count the calls of one run, of Python and of C, which are the same on every machine."""
    count = 0

    def profile(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        workload.build(size).plan().files()
    finally:
        sys.setprofile(None)
    return count


def memory(workload: Workload, size: int) -> Memory:
    """Measure the bytes of one run. tracemalloc slows it down, so times are measured in another one."""
    workload.build(1).plan().files()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        app = workload.build(size)
        application = tracemalloc.get_traced_memory()[0] - before
        plan = app.plan()
        plan.files()
        peak = tracemalloc.get_traced_memory()[1] - before
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0]
        plan.graph.nodes  # noqa: B018 # networkx's part is made when it is first asked for
        graph = tracemalloc.get_traced_memory()[0] - kept
    finally:
        tracemalloc.stop()
    return Memory(len(plan.devices), sum(1 for _ in walk([app.root])), application, peak, graph)


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """Fit `k` so that `size ** k` grows like `costs`, by least squares over logarithms: 1 is linear, 2 quadratic."""
    xs, ys = [log(size) for size in sizes], [log(cost) for cost in costs]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - mean_x) ** 2 for x in xs)
