"""Find the configurations below a directory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
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
    wrote are skipped; links to directories are not followed, and a link to a configuration that is found too is skipped.
    Raises ConfigError if it is not a directory, or has no configuration.
    """
    top = Path(directory)
    if not top.is_dir():
        raise ConfigError(f"{top} is not a directory: name the one that the configurations are in", objects=[top])
    files: list[File] = []
    for place, directories, names in os.walk(top):
        found = set(names)
        if place != str(top) and (MARK in found or (STATE in found and found.isdisjoint(NAMES))):
            directories.clear()
            continue
        directories[:] = sorted(name for name in directories if not name.startswith(".") and name not in SKIPPED)
        name = next((name for name in NAMES if name in found), None)
        if name is not None:
            inside = os.path.relpath(place, top)
            label = top.absolute().name if inside == os.curdir else inside.replace(os.sep, "/")
            files.append(File.of(Path(place, name), label or None, release if name.endswith(".ml") else None))
    if not files:
        raise ConfigError(
            f"{top} contains no configuration: a file config.py or config.ml, at any depth", objects=[top]
        )
    yield from counted(files)


def counted(files: Iterable[File]) -> Iterator[File]:
    """Yield `files`, each once, without links to others of them, and of links to one file in configured directories the first.

    A directory that was configured, and the one that its configuration is in, are of one unikernel.
    """
    once = list(dict.fromkeys(files))
    links = {each: os.path.realpath(each.path) for each in once if each.path.is_symlink()}
    known = {os.path.realpath(each.path) for each in once if each not in links}
    for each in once:
        target = links.get(each)
        if target in known:
            continue
        if target is not None and (each.path.parent / STATE).exists():
            known.add(target)
        yield each
