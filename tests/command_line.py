"""The command line as tests call it, and configurations for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Done(NamedTuple):
    """The result of a command."""

    status: int
    out: str
    err: str


Cli = Callable[..., Done]


def process(*arguments: object, cwd: Path, **environment: str) -> Done:
    """Run the command line as a separate process."""
    clean = {name: text for name, text in os.environ.items() if name not in ("MODE", "MIRAGE_LOGS")}
    done = subprocess.run(
        [sys.executable, "-m", "functoria", *map(str, arguments)],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def config(directory: Path, text: str, name: str = "config.py") -> Path:
    """Return a configuration file with a unikernel without devices, followed by `text`."""
    file = directory / name
    file.write_text(
        "from functoria import Key, arg, foreign, job, package\nfrom mirage_devices import register\n"
        f'main = foreign("Unikernel", job)\n{text}\n'
    )
    return file


PLAIN = 'app = register("plain", [main])'


def one_line(done: Done, status: int, *says: str) -> None:
    """Check that `done` failed with one line and printed nothing else."""
    assert (done.status, done.out) == (status, ""), done
    assert re.fullmatch(r"functoria: [^\n]+\n", done.err), done.err
    for words in says:
        assert words in done.err
