"""Count the instructions of processes with valgrind, which are the same on a busy machine and show small differences.

    python -m benchmarks.instructions --before OLD/bin/python --now NEW/bin/python

Work of the kernel for a process, such as reading files, is not included.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.configurations import HELLO
from benchmarks.processes import IMPORT, of_two

_AGAIN = """\
import gc, sys
code = compile(sys.argv[1], "config.py", "exec")
gc.disable()
for _ in range(int(sys.argv[2])):
    names = {}
    exec(code, names)
    names["app"].plan({"target": "hvt"}).files()
"""
"""From the text of a configuration to its files, repeated."""
_FIRST, _LAST = 10, 60


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark with `arguments`, by default those of the process, and print the results."""
    options = of_two("instructions", __doc__).parse_args(arguments)
    print("millions of instructions                 before        now  ratio")
    for name, command in (
        ("bare interpreter", ["-c", "pass"]),
        (IMPORT, ["-c", IMPORT]),
        ("configure 3.3 hello", None),
    ):
        before, now = (instructions(Path(python).absolute(), command) for python in (options.before, options.now))
        print(f"{name:36} {before / 1e6:10.1f} {now / 1e6:10.1f} {now / before:6.3f}")
    before, now = (in_process(Path(python).absolute()) for python in (options.before, options.now))
    print(f"{'text of 3.3 hello to files, once':36} {before / 1e6:10.2f} {now / 1e6:10.2f} {now / before:6.3f}")


def instructions(python: Path, command: Sequence[str] | None) -> int:
    """Return the instructions of a second run of `command` with `python`, or of configuring hello if it is None."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        (here / "config.py").write_text(HELLO)
        script = [str(python.with_name("functoria")), "configure", "-t", "hvt", "-f", "config.py"]
        counted = [
            _counted(python, [*script, "-b", str(turn)] if command is None else command, here) for turn in (1, 2)
        ]
    return counted[1]  # the first may compile modules


def in_process(python: Path) -> float:
    """Return the instructions from hello's text to its files, in a process that has done it before.

    Python's garbage collector is stopped, because its work depends on everything else in memory.
    """
    with tempfile.TemporaryDirectory() as name:
        first, last = (_counted(python, ["-c", _AGAIN, HELLO, str(times)], Path(name)) for times in (_FIRST, _LAST))
    return (last - first) / (_LAST - _FIRST)


def _counted(python: Path, command: Sequence[str], cwd: Path) -> int:
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={os.devnull}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONHASHSEED"] = "0"
    done = subprocess.run(
        [*valgrind, str(python), *command], cwd=cwd, env=environment, check=True, capture_output=True, text=True
    )
    found = re.search(r"I *refs: +([0-9,]+)", done.stderr)
    assert found is not None, done.stderr
    return int(found[1].replace(",", ""))


if __name__ == "__main__":
    main()
