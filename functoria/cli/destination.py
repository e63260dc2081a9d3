"""Files that commands write for their users: checked before the command does anything, written at its end."""

from __future__ import annotations

import os
from pathlib import Path

import click

from functoria.errors import FileConflict, WriteError


class Destination(click.Path):
    """The type of an option that names such a file. Its directory need not exist yet, but it must be possible to make it."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path. Fails if it is a directory, or cannot be written there."""
        path = Path(str(value))
        try:
            if path.is_dir():
                self.fail(f"{path} is a directory: name a file to write", param, ctx)
            nearest = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
            if nearest != path and not nearest.is_dir():
                self.fail(f"{path} cannot be written: {nearest} is not a directory", param, ctx)
            if not os.access(nearest, os.W_OK):
                self.fail(f"{path} cannot be written: permission denied for {nearest}", param, ctx)
        except OSError as error:
            self.fail(f"{path} cannot be written: {error.strerror or error}", param, ctx)
        return path


def check_new(path: Path, *, remedy: str = "") -> None:
    """Raise FileConflict, with a further `remedy`, if there is something at `path`."""
    if os.path.lexists(path):
        raise FileConflict(f"{path} is there already: name another file with -o{remedy}", objects=[path])


def write(path: Path, text: str) -> None:
    """Write `text` to the file at `path`, and make the directories that it is in. Raises WriteError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}", objects=[path]) from error
