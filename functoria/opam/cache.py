"""What was read of opam files, kept from one run to the next by the content of each file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any


def cache_directory() -> Path:
    """Where the user's programs keep what can be made again, by the XDG Base Directory Specification."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(chosen) if os.path.isabs(chosen) else Path.home() / ".cache") / "functoria"


class Cache:
    """Texts by the marks of contents, in a database of `directory`; none is kept for None.

    `form` says how the texts were made; those made otherwise are not found. A cache that cannot be used, in whole or in
    part, is done without.
    """

    def __init__(self, directory: Path | None, form: str) -> None:
        self.directory = directory
        self.form = form

    def get(self, marks: Iterable[str]) -> dict[str, str]:
        """What is kept for the contents with these marks."""
        wanted = set(marks)
        rows = self._do("select mark, facts from files where form = ?", [(self.form,)])
        kept = ((mark, _unsealed(text)) for mark, text in rows if mark in wanted)
        return {mark: text for mark, text in kept if text is not None}

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep `texts`. What is kept in another form is dropped."""
        if texts:
            self._do("delete from files where form <> ?", [(self.form,)])
            rows = [(self.form, mark, _seal(text) + text) for mark, text in texts.items()]
            self._do("insert or replace into files values (?, ?, ?)", rows)

    def _do(self, command: str, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        if self.directory is None:
            return []
        import sqlite3

        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.directory / "opam.sqlite3", timeout=30)) as database, database:
                database.execute(
                    "create table if not exists files (form text, mark text, facts text, primary key (form, mark))"
                )
                if command.startswith("select"):
                    return database.execute(command, *rows).fetchall()
                database.executemany(command, rows)
        except (sqlite3.Error, OSError):
            pass
        return []


_SEAL = 16


def _seal(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_SEAL]


def _unsealed(kept: object) -> str | None:
    """The text that was kept, unless it is another one by now."""
    if not isinstance(kept, str):
        return None
    text = kept[_SEAL:]
    return text if kept[:_SEAL] == _seal(text) else None
