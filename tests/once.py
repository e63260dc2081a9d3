"""Results that the tests of a run need in several processes, made by one of them."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

_Made = TypeVar("_Made")


class Once:
    """Makes results, each once in this run of the tests, however many processes it has: the others wait, and read it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __call__(self, name: str, make: Callable[[], _Made]) -> _Made:
        """Return the result of `make`, or the earlier one of this `name`. It is pickled."""
        kept = self._directory / name
        with kept.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                made = make()
                kept.write_bytes(pickle.dumps(made))
                return made
        found: _Made = pickle.loads(kept.read_bytes())
        return found


def directory_of(run: pytest.TempPathFactory) -> Path:
    """Return the temporary directory that all processes of a run share."""
    own = run.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
