"""Find the configurations below a directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from functoria.errors import ConfigError
from functoria.fleet.configuration import File
from functoria.fleet.contents import MARK, SKIPPED
from functoria.project.state import NAME as STATE

NAMES = ("config.py", "config.ml")
"""The names of configurations. The first takes precedence in a directory with both."""


def discover(directory: Path | str, release: str | None = None) -> Iterator[File]:
    """Yield the configurations in `directory` and below, in order of path. `release` is for each config.ml.

    Labels are paths of directories relative to `directory`. Hidden directories, those that dune makes, and what this library
    wrote are skipped; links to directories are not followed. Raises ConfigError if it is not a directory, or has no
    configuration.
    """
    top = Path(directory)
    if not top.is_dir():
        raise ConfigError(f"{top} is not a directory: name the one that the configurations are in", objects=[top])
    none = True
    for place, directories, names in os.walk(top):
        found = set(names)
        if place != str(top) and (MARK in found or (STATE in found and found.isdisjoint(NAMES))):
            directories.clear()
            continue
        directories[:] = sorted(name for name in directories if not name.startswith(".") and name not in SKIPPED)
        name = next((name for name in NAMES if name in found), None)
        if name is not None:
            none = False
            inside = os.path.relpath(place, top)
            label = top.absolute().name if inside == os.curdir else inside.replace(os.sep, "/")
            yield File.of(Path(place, name), label or None, release if name.endswith(".ml") else None)
    if none:
        raise ConfigError(f"{top} holds no configuration: a file config.py or config.ml, at any depth", objects=[top])
