"""Measure one workload within a process: seconds, calls and bytes, each in a separate run."""

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
    """Making and registering the term, as a configuration does."""
    plan: float
    files: float
    processor: float
    """Processor time of all steps; it is less if other programs ran meanwhile."""

    @property
    def total(self) -> float:
        """The sum of all steps."""
        return self.build + self.plan + self.files


class Memory(NamedTuple):
    """Bytes, as counted by tracemalloc."""

    devices: int
    """The number of devices in the plan."""
    terms: int
    """The number of distinct terms in the application, in all branches of all choices."""
    application: int
    """The size of the application before it is planned."""
    peak: int
    """The most memory in use at once: the application, the plan, its files, and temporary objects."""
    graph: int
    """The size of the networkx graph, once it is made: planning and emitting do without it."""


def seconds(build: Callable[[], App], *, collect: bool = True) -> Seconds:
    """Measure one run over a new application.

    Garbage of earlier runs is collected first. During the run the garbage collector works as it does for any user, unless
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
    """Count the calls in one run, of Python and C functions; the number is the same on every machine."""
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
    """Measure the memory of one run in bytes. tracemalloc slows it down, so times are measured in another one."""
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
