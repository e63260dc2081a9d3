"""What was read of opam files, kept from one run to the next by the content of each file.

It is kept in one file, a line for each content. Reading it runs nothing that is in it, and a new file takes the place of the
old one as a whole, so that audits at the same time, a crash and a full disk leave one or the other. It is read only where
none but the user could have written it: in a directory `functoria-audit` that is the user's, of mode 0700, and not a link.
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
"""The bytes that are kept at most: of the largest public repository it is 11,000,000."""
_SEAL = 32
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_directory() -> Path | None:
    """Where the user's programs keep what can be made again, as platformdirs says; None for a user without a home."""
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
    """Texts by the marks of contents, in a directory of its own in `place`; none is kept for None.

    `form` says how the texts were made; those made otherwise are not found. A cache that cannot be used, in whole or in
    part, is done without; what is damaged is replaced.
    """

    def __init__(self, place: Path | None, form: str) -> None:
        self.place = place
        self.form = form

    def get(self, marks: Iterable[str]) -> dict[str, str]:
        """What is kept for the contents with these marks."""
        wanted = set(marks)
        with suppress(OSError), self._directory() as directory:
            return {mark: text for mark, text in self._lines(directory) if mark in wanted}
        return {}

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep `texts`, one line each, and what is there already as long as there is room. Another form is dropped."""
        with suppress(OSError):
            self._make()
            with self._directory() as directory:
                fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever is keeping something may go on
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
        """A descriptor of the directory. Raises OSError for one that others could have written to."""
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
        """The marks and texts that are there as they were kept."""
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
        """What says that `text` is kept for `mark`, in this form, and came whole: not that it is true."""
        return hashlib.sha256(f"{self.form} {mark} {text}".encode()).hexdigest()[:_SEAL]


def _own(status: os.stat_result) -> int:
    """The mode of what is the user's. Raises PermissionError for what is another's, or others can write to."""
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
    """Have `content` in the file, whole, or what is there already. One that was left half written is taken away first."""
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
