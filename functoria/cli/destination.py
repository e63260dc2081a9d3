"""Files that commands write for their users: checked before the command does anything, written at its end."""

from __future__ import annotations

import os
from pathlib import Path

import click

from functoria.errors import FileConflict, WriteError


class Destination(click.Path):
    """The type of an option that names such a file. Its directory need not exist yet, but it must be possible to make it.

    Of an option without which nothing is replaced, `begins` is how the files begin that the command writes: it replaces those
    (and empty ones) only, so that a wrong word does not cost a user a configuration.
    """

    def __init__(self, begins: str = "") -> None:
        super().__init__(path_type=Path)
        self.begins = begins

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path. Fails if it is a directory, or cannot be written there."""
        path = Path(str(value))
        if value == "-":
            self.fail("- does not stand for standard output here: name a file to write", param, ctx)
        try:
            if path.is_dir():
                self.fail(f"{path} is a directory: name a file to write", param, ctx)
            nearest = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
            if nearest == path and not path.exists():
                self.fail(
                    f"{path} is a link to {os.readlink(path)}, which does not exist: name another file", param, ctx
                )
            if nearest != path and not nearest.is_dir():
                self.fail(f"{path} cannot be written: {nearest} is not a directory", param, ctx)
            if not os.access(nearest, os.W_OK):
                self.fail(f"{path} cannot be written: permission denied for {nearest}", param, ctx)
            if self.begins and path.is_file() and not self._replaces(path):
                self.fail(f"{path} is there already, and this command did not write it: name another file", param, ctx)
        except OSError as error:
            self.fail(f"{path} cannot be written: {error.strerror or error}", param, ctx)
        return path

    def _replaces(self, path: Path) -> bool:
        begins = self.begins.encode()
        with path.open("rb") as file:
            return file.read(len(begins)) in (begins, b"")


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
