"""Compare audits by two installations: of a configuration against a snapshot of an opam repository, in turns.

    python -m benchmarks.audits --before OLD/bin/python --now NEW/bin/python SNAPSHOT CONFIG

Each turn audits all targets twice with each installation, first without a cache (cold), then with the resulting cache (warm).
opam must be installed, and both installations need the extra `audit`. Processor time includes that of opam.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter

from benchmarks.processes import Spread, of_two

_ENDS = (0, 1, 3)
"""The exit statuses of a successful audit: 1 if something breaks, which is measured too."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark with `arguments`, by default those of the process, and print the results."""
    parser = of_two("audits", __doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("config", type=Path)
    options = parser.parse_args(arguments)
    pythons = {"before": options.before, "now": options.now}
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for _ in range(options.rounds):
        for which, python in pythons.items():
            with tempfile.TemporaryDirectory() as kept:
                for state in ("cold", "warm"):
                    taken.setdefault((state, which), []).append(_audit(python, options, Path(kept)))
    print(
        f"at the end: load {os.getloadavg()[0]:.1f}\n\n      seconds, least / median   before          now             ratios"
    )
    for state in ("cold", "warm"):
        for column, what in enumerate(("processor", "clock")):
            one, two = (Spread.of([each[column] for each in taken[state, which]]) for which in pythons)
            print(
                f"{state:5} {what:24}  {one.low:6.1f} / {one.median:6.1f} {two.low:6.1f} / {two.median:6.1f}  "
                f"{two.low / one.low:.2f} / {two.median / one.median:.2f}"
            )


def _audit(python: str, options: argparse.Namespace, kept: Path) -> tuple[float, float]:
    """Return the seconds that an audit takes: processor time, and clock time."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [shutil.which(python) or python, "-m", "functoria", "audit", "-r", str(options.snapshot.resolve())]
    command += ["--cache", str(kept), str(options.config.resolve())]
    before, start = getrusage(RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(command, cwd=kept, env=environment, capture_output=True, text=True, check=False)
    taken, after = perf_counter() - start, getrusage(RUSAGE_CHILDREN)
    if done.returncode not in _ENDS or done.stderr:
        raise SystemExit(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, taken


if __name__ == "__main__":
    main()
