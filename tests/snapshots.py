"""Snapshots of the public opam repository, which some tests read if they are available."""

from __future__ import annotations

import fcntl
from functools import cache
from pathlib import Path

import pytest

from functoria.opam.repository import Repository

_DATA = Path(__file__).parents[2] / "shared" / "data"
CACHE = Path(__file__).parents[1] / ".pytest_cache" / "opam"
"""The data read from them is kept beside pytest's own cache."""
OF_2018 = "opam-repository-2018-11-25.tar.xz"
"""As it stood when MirageOS 3.3.1 was current: 10,096 releases."""
OF_2026 = "opam-repository-2026-08-22.tar.xz"
"""After most of what MirageOS 3.3 needs had been archived: 18,793 releases."""


def snapshot(name: str) -> Path:
    """Return the archive with this name; skip the test if it is missing."""
    path = _DATA / name
    if not path.is_file():
        pytest.skip(f"the snapshot {name} is not in ../shared/data beside the project")
    return path


@cache
def repository(*names: str) -> Repository:
    """Return the snapshots of these names as one. If there are several processes, one parses them, and the others wait."""
    places = [snapshot(name) for name in names]
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "reading.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return Repository.read(*places, cache=CACHE)
