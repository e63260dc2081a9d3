"""Plans to write, and snapshots of directories."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from functoria import Plan
from functoria.project.kinds import NAMES, Kinds
from tests import recorded

HELLO = recorded.application("hello")
UNIX, HVT = HELLO.plan(target="unix"), HELLO.plan(target="hvt")
XEN = recorded.application("network").plan(target="xen")
PLANS = {"unix": UNIX, "hvt": HVT, "xen": XEN}
OURS = Kinds(patterns=(*NAMES, *HVT.root.device.file_names))
"""Possible names of files in these."""


def snapshot(directory: Path) -> dict[str, tuple[str, int]]:
    """Return everything below `directory`: the content and mode of a file, the target of a link."""
    found = {}
    for path in sorted(directory.rglob("*")) if directory.is_dir() else ():
        name = str(path.relative_to(directory))
        if path.is_symlink():
            found[name] = (f"-> {os.readlink(path)}", 0)
        elif path.is_file():
            found[name] = (path.read_bytes().decode(errors="replace"), path.stat().st_mode & 0o777)
        else:
            found[name] = ("a directory", 0)
    return found


def times(directory: Path) -> dict[str, int]:
    return {path.name: path.lstat().st_mtime_ns for path in directory.iterdir()}


def written_alone(plan: Plan, directory: Path, **more: Any) -> dict[str, tuple[str, int]]:
    """Return the contents of a new directory to which `plan` was written."""
    plan.write(directory, **more)
    return snapshot(directory)


Act = Callable[[], object]
"""Operations on a directory."""
