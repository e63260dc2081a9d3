"""A cache, by content, of what was read from opam files.

It is one file, with a line for each content. Reading it executes nothing, and a new file replaces the old one atomically, so
concurrent audits, crashes and full disks leave one or the other. It is trusted only if nobody but the user can have written
it: in a directory `functoria-audit` that belongs to the user, has mode 0700, and is not a link.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_DIRECTORY = "functoria-audit"
_FILE = "opam-facts"
_NEW = f"{_FILE}.new"
_MOST = 1 << 26
"""The size limit of the cache, in bytes. The largest public repository needs 11,000,000."""
_SEAL = 32
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_directory() -> Path | None:
    """Return the user's cache directory, according to platformdirs; None without a home directory."""
    try:
        from platformdirs import user_cache_path
    except ModuleNotFoundError:
        return None
    home = os.environ.get("HOME", "")
    if not os.path.isabs(os.environ.get("XDG_CACHE_HOME", "")):
        try:
            if not os.path.isabs(home) or os.stat(home).st_uid != os.geteuid():
                return None
        except OSError:
            return None
    return user_cache_path()


class Cache:
    """Texts by digests of contents, in a directory of its own in `place`; None keeps nothing.

    `form` identifies how the texts were made; others are not found. If the cache cannot be used, in whole or in part, it is
    ignored, and damaged lines are replaced.
    """

    def __init__(self, place: Path | None, form: str) -> None:
        self.place = place
        self.form = form

    def get(self, marks: Iterable[str]) -> dict[str, str]:
        """Return the texts kept for contents with these digests."""
        wanted = set(marks)
        with suppress(OSError), self._directory() as directory:
            return {mark: text for mark, text in self._lines(directory) if mark in wanted}
        return {}

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep `texts`, one line each, and existing lines as far as there is room. Lines of another form are dropped."""
        with suppress(OSError):
            self._make()
            with self._directory() as directory:
                fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)  # another process is writing, which may finish
                kept = {**dict(self._lines(directory)), **texts}
                for some in (kept, texts):
                    content = self._content(some)
                    if len(content) <= _MOST:
                        _replace(directory, content)
                        break

    def _make(self) -> None:
        if self.place is not None:
            self.place.mkdir(0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                (self.place / _DIRECTORY).mkdir(0o700)

    @contextmanager
    def _directory(self) -> Iterator[int]:
        """Open the directory. Raises OSError if others could have written to it."""
        if self.place is None:
            raise FileNotFoundError
        descriptor = os.open(self.place / _DIRECTORY, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            mode = _own(os.fstat(descriptor))
            if mode & 0o077:
                os.fchmod(descriptor, 0o700)
            yield descriptor
        finally:
            os.close(descriptor)

    def _lines(self, directory: int) -> Iterator[tuple[str, str]]:
        """Yield the digests and texts of intact lines."""
        try:
            content = _read(directory)
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


def _own(status: os.stat_result) -> int:
    """Return the mode. Raises PermissionError if it is not the user's, or others can write to it."""
    if status.st_uid != os.geteuid() or status.st_mode & _OTHERS_WRITE:
        raise PermissionError
    return status.st_mode


def _read(directory: int) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(_FILE, flags, dir_fd=directory), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(_own(status)) or status.st_size > _MOST:
            raise PermissionError
        return file.read(status.st_size)


def _replace(directory: int, content: bytes) -> None:
    """Atomically replace the file by `content`, after removing an unfinished one."""
    with suppress(FileNotFoundError):
        os.unlink(_NEW, dir_fd=directory)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(_NEW, flags, 0o600, dir_fd=directory)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.rename(_NEW, _FILE, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with suppress(OSError):
            os.unlink(_NEW, dir_fd=directory)
        raise
