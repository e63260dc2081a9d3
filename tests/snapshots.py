"""Snapshots of the public opam repository, which some tests read if they are available."""

from __future__ import annotations

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
def repository(name: str) -> Repository:
    """Return the snapshot with this name."""
    return Repository.read(snapshot(name), cache=CACHE)
