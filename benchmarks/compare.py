"""Compare two installations: the same work, in turns.

    python -m benchmarks.compare --before OLD/bin/python --now NEW/bin/python

The older installation need not have the catalogue of MirageOS 4.11, because only that of 3.3 is compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from benchmarks.configurations import REFERENCES, Reference
from benchmarks.processes import of_two, processes, run

_IN_PROCESS = """\
import gc, json, sys, tracemalloc
from time import process_time
code, runs = compile(sys.argv[1], "config.py", "exec"), int(sys.argv[2])
def made():
    names = {}
    exec(code, names)
    return names["app"].plan({"target": "hvt"}).files()
made()
times = []
for _ in range(runs):
    gc.collect()
    start = process_time()
    made()
    times.append(process_time() - start)
gc.collect()
tracemalloc.start()
made()
print(json.dumps([min(times), tracemalloc.get_traced_memory()[1]]))
"""
"""From the text of a configuration to its files, without writing them: the least time, and the most memory in use at once."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark with `arguments`, by default those of the process, and print the results."""
    options = _parser().parse_args(arguments)
    pythons = [str(Path(python).absolute()) for python in (options.before, options.now)]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    compared = [each for each in REFERENCES if each.release == "3.3"]
    _in_process(pythons, compared, options.rounds)
    _processes(pythons, compared, options.runs)
    print(f"\nAt the end: load {os.getloadavg()[0]:.1f}")


def _in_process(pythons: Sequence[str], references: Sequence[Reference], rounds: int) -> None:
    print(f"In process, from the configuration's text to its files: the least of {rounds} processes\n")
    print("                       before ms     now ms  ratio |  before kB     now kB  ratio")
    for reference in references:
        runs = 50 if reference.name == "hello" else 1 if "," in reference.name else 5
        taken: dict[str, list[tuple[float, int]]] = {python: [] for python in pythons}
        for _ in range(rounds):
            for python, found in taken.items():
                found.append(json.loads(run(python, _IN_PROCESS, reference.text, str(runs))))
        (t0, b0), (t1, b1) = (
            (min(t for t, _ in taken[python]), min(b for _, b in taken[python])) for python in pythons
        )
        print(
            f"{reference.name:20} {t0 * 1e3:11.2f} {t1 * 1e3:10.2f} {t1 / t0:6.2f} |"
            f" {b0 / 1e3:10.0f} {b1 / 1e3:10.0f} {b1 / b0:6.2f}"
        )


def _processes(pythons: Sequence[str], references: Sequence[Reference], runs: int) -> None:
    print(f"\nWhole processes, {runs} runs each, milliseconds: least and median of the processor, and of the clock\n")
    print(
        "                                          before          now  ratios     |       before          now  ratios"
    )
    before, now = processes(pythons, references, runs)
    for name, old in before.items():
        new, cells = now[name], []
        for one, two in ((old.processor, new.processor), (old.clock, new.clock)):
            cells.append(
                f"{one.low * 1e3:6.0f} {one.median * 1e3:6.0f}{two.low * 1e3:6.0f} {two.median * 1e3:6.0f}"
                f"  {two.low / one.low:.2f} {two.median / one.median:.2f}"
            )
        print(f"{name:36} {' | '.join(cells)}")


def _parser() -> argparse.ArgumentParser:
    parser = of_two("compare", __doc__)
    parser.add_argument("--runs", type=int, default=41, metavar="N", help="runs of each process; 41 if left out")
    parser.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="processes for work in process; 5 if left out"
    )
    return parser


if __name__ == "__main__":
    main()
