"""A store of answers by content: an SQLite file that one run adds to and the next one reads.

The key of an answer covers everything that it depends on, so that answers are never out of date; unused ones only take space.
They are JSON, so reading them executes nothing.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from functoria.errors import WriteError

_FORM = "functoria-fleet 1"
_TABLE = "CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID"
_PATIENCE = 60
"""The time to wait for another process that is writing, in seconds."""


class Store:
    """Answers by keys, in the file at `path`. Usable from any thread of this process, and by several processes at once.

    Raises WriteError if it cannot be created or is not a store.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._open = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            self._open.execute("PRAGMA journal_mode=WAL")
            self._open.execute("PRAGMA synchronous=NORMAL")
            self._open.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            raise WriteError(
                f"{self.path} cannot be used to keep what a fleet has done: {error}; name another file, or remove it",
                objects=[self.path],
            ) from error

    def get(self, key: str) -> bytes | None:
        """Return the answer for `key`; None if it is missing or damaged."""
        with self._lock:
            try:
                found = self._open.execute("SELECT data FROM done WHERE key = ?", (key,)).fetchone()
            except sqlite3.Error:
                return None
        try:
            return None if found is None else zlib.decompress(found[0])
        except (zlib.error, TypeError):
            return None

    def put(self, answers: Iterable[tuple[str, bytes]]) -> None:
        """Store answers, replacing existing ones. Raises WriteError if that fails, as on a full disk."""
        rows = [(key, zlib.compress(data, 1)) for key, data in answers]
        with self._lock:
            try:
                self._open.execute("BEGIN IMMEDIATE")
                self._open.executemany("INSERT OR REPLACE INTO done VALUES (?, ?)", rows)
                self._open.execute("COMMIT")
            except sqlite3.Error as error:
                if self._open.in_transaction:
                    self._open.execute("ROLLBACK")
                raise WriteError(f"{self.path} cannot be written to: {error}", objects=[self.path]) from error

    def __len__(self) -> int:
        with self._lock:
            return int(self._open.execute("SELECT count(*) FROM done").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._open.close()


def key_of(*parts: str) -> str:
    """Return the key of an answer that depends on `parts`, and on the format of the store."""
    total = sha256()
    for part in (_FORM, *parts):
        content = part.encode("utf-8", "surrogatepass")
        total.update(b"%d " % len(content) + content)
    return total.hexdigest()
