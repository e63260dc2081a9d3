"""External tools for tests: if one is missing, the test is visibly skipped, or fails where the tool must be present."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

_OF_MAKE = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
"""What make passes to its children: a make that a test runs must not inherit it."""


def need(*tools: str) -> None:
    """Skip the test if one of `tools` is not installed; under CI, fail it."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if not missing:
        return
    reason = f"{', '.join(missing)} not installed: `make test` as root on Debian installs what tests need"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def run(
    *command: str | Path, cwd: Path | None = None, check: bool = True, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `command` to its end, with its output as text; `more` are environment variables. If it fails, the test fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**{name: value for name, value in os.environ.items() if name not in _OF_MAKE}, **more},
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def all_end(session: int) -> bool:
    """Return whether all processes of a session end soon; what a process has started may need a moment to notice its end."""
    for _ in range(600):
        states = run("ps", "-o", "stat=", "-s", str(session), check=False).stdout.split()
        if all(state.startswith("Z") for state in states):
            return True
        time.sleep(0.1)
    return False
