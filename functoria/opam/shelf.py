"""The directory in which audits keep their results, in files that only the user can have written.

It is trusted only if it belongs to the user, has mode 0700, and is not a link; it is made so, and a file in it is read only
if it is the user's too, and a regular one. New files replace old ones atomically, and one process writes at a time, so
concurrent audits, crashes and full disks leave whole files. What cannot be trusted or done is an OSError, for callers to
do without.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_POSSIBLE = os.open in os.supports_dir_fd and hasattr(os, "geteuid")
"""Whether this system has directories that can be trusted."""
_DIRECTORY = "functoria-audit"
_UNFINISHED = ".new"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_directory() -> Path | None:
    """Return the user's cache directory, according to platformdirs; None without a home directory, or a shelf."""
    if not _POSSIBLE:
        return None
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


class Shelf:
    """A directory of its own in `place`. It is empty for None, and on systems without such directories."""

    def __init__(self, place: Path | None) -> None:
        self.place = place if _POSSIBLE else None

    @contextmanager
    def reading(self) -> Iterator[Files]:
        """Open the files for reading. Raises OSError if there are none, or others could have written to them."""
        if self.place is None:
            raise FileNotFoundError
        descriptor = os.open(self.place / _DIRECTORY, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            mode = _own(os.fstat(descriptor))
            if mode & 0o077:
                os.fchmod(descriptor, 0o700)
            yield Files(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def writing(self) -> Iterator[Files]:
        """Open the files for changes, creating the directory if need be. Raises OSError while another process changes them."""
        if self.place is None:
            raise FileNotFoundError
        import fcntl

        self.place.mkdir(0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            (self.place / _DIRECTORY).mkdir(0o700)
        with self.reading() as files:
            fcntl.flock(files.directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield files

    def clear(self) -> list[str]:
        """Remove all files, and return their names. Raises OSError if others could have written to them."""
        try:
            with self.writing() as files:
                names = files.names()
                for name in names:
                    files.remove(name)
                return names
        except FileNotFoundError:
            return []


class Files:
    """The files in the open `directory`, a descriptor."""

    def __init__(self, directory: int) -> None:
        self.directory = directory

    def names(self) -> list[str]:
        """The names of the files, sorted; directories are not ours."""
        with os.scandir(self.directory) as entries:
            return sorted(entry.name for entry in entries if not entry.is_dir(follow_symlinks=False))

    def read(self, name: str, most: int) -> bytes:
        """Read the file `name`. Raises OSError if there is none, it has more than `most` bytes, or others could write to it."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with open(os.open(name, flags, dir_fd=self.directory), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(_own(status)) or status.st_size > most:
                raise PermissionError
            return file.read(status.st_size)

    def replace(self, name: str, content: bytes) -> None:
        """Atomically replace the file `name` by `content`, after removing an unfinished one."""
        new = name + _UNFINISHED
        self.remove(new)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(new, flags, 0o600, dir_fd=self.directory)
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
            os.rename(new, name, src_dir_fd=self.directory, dst_dir_fd=self.directory)
        except BaseException:
            with suppress(OSError):
                os.unlink(new, dir_fd=self.directory)
            raise

    def remove(self, name: str) -> None:
        """Remove the file `name`, if there is one."""
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.directory)

    def used(self, name: str) -> None:
        """Note that the file `name` was used now."""
        os.utime(name, dir_fd=self.directory, follow_symlinks=False)

    def last_used(self, name: str) -> int:
        """Return the time when the file `name` was last written or used, in nanoseconds since the epoch."""
        return os.stat(name, dir_fd=self.directory, follow_symlinks=False).st_mtime_ns


def _own(status: os.stat_result) -> int:
    """Return the mode. Raises PermissionError if it is not the user's, or others can write to it."""
    if status.st_uid != os.geteuid() or status.st_mode & _OTHERS_WRITE:
        raise PermissionError
    return status.st_mode
