"""A cache, by content, of what was read from opam files.

It is one file of the shelf, with a line for each content. Reading it executes nothing, and damaged lines are replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from functoria.opam.shelf import Files, Shelf
from functoria.opam.shelf import cache_directory as cache_directory

_FILE = "opam-facts"
_MOST = 1 << 26
"""The size limit of the cache, in bytes. The largest public repository needs 11,000,000."""
_SEAL = 32


class Cache:
    """Texts by digests of contents, in a directory of its own in `place`; None keeps nothing.

    `form` identifies how the texts were made; others are not found. If the cache cannot be used, in whole or in part, it is
    ignored, and damaged lines are replaced.
    """

    def __init__(self, place: Path | None, form: str) -> None:
        self.shelf = Shelf(place)
        self.form = form

    def get(self, marks: Iterable[str]) -> dict[str, str]:
        """Return the texts kept for contents with these digests."""
        wanted = set(marks)
        with suppress(OSError), self.shelf.reading() as files:
            return {mark: text for mark, text in self._lines(files) if mark in wanted}
        return {}

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep `texts`, one line each, and existing lines as far as there is room. Lines of another form are dropped."""
        # Another process may be writing, and may finish: then nothing is kept.
        with suppress(OSError), self.shelf.writing() as files:
            kept = {**dict(self._lines(files)), **texts}
            for some in (kept, texts):
                content = self._content(some)
                if len(content) <= _MOST:
                    files.replace(_FILE, content)
                    break

    def _lines(self, files: Files) -> Iterator[tuple[str, str]]:
        """Yield the digests and texts of intact lines."""
        try:
            content = files.read(_FILE, _MOST)
        except OSError:
            return
        head, *lines = content.decode("ascii", "replace").split("\n")
        for line in lines if head == self.form else ():
            seal, _, rest = line.partition(" ")
            mark, _, text = rest.partition(" ")
            if seal == self._seal(mark, text):
                yield mark, text

    def _content(self, texts: Mapping[str, str]) -> bytes:
        lines = (f"{self._seal(mark, text)} {mark} {text}" for mark, text in texts.items())
        return "\n".join([self.form, *lines, ""]).encode("ascii")

    def _seal(self, mark: str, text: str) -> str:
        """Return a checksum of a line. It shows that the line is complete and of this form, not that it is true."""
        return hashlib.sha256(f"{self.form} {mark} {text}".encode()).hexdigest()[:_SEAL]
