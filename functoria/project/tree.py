"""A directory and what is below it, reached by descriptors: nothing follows a link, and nothing but a file is read.

This is the only module that touches the disk below a project. A name is a path relative to the directory, its parts
separated by `/`. Each part of it is opened in the one before, so that whoever swaps a directory for a link meanwhile is
told that it is not a directory, and nothing outside is reached. The methods raise OSError as the system does.

Where the system has no descriptors of directories, names are resolved as paths, after a look for links: good enough to
read, and `locked` lets nobody write there.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Container, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Self

LARGEST = 1 << 28
"""The most bytes that a file may have to be read, or written: 256 MiB."""
DIRECTORY, SPECIAL, HUGE = "directory", "special", "huge"
"""The marks of what is not a file, and of a file that is larger than LARGEST."""

DESCRIPTORS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether the system has descriptors of directories."""
_INTO = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_NOT_THERE = (FileNotFoundError, NotADirectoryError)
_STAYS = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.ENOENT, errno.EBUSY, errno.EPERM, errno.EACCES)
"""Why a directory stays where it is: it is not empty, not a directory, a place where something is mounted, another's."""
_UNSYNCED = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)


def fingerprint(content: bytes, *, executable: bool = False) -> str:
    """What tells whether a file is still as it was written."""
    return ("x:" if executable else "") + hashlib.sha256(content).hexdigest()


def link_mark(target: str) -> str:
    """The fingerprint of a link to `target`."""
    return "link:" + fingerprint(target.encode(errors="surrogateescape"))


def inside(name: str) -> bool:
    """Whether `name` is the plain path of something below a directory, as this system can say it."""
    path = PurePosixPath(name)
    try:
        sayable = b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        sayable = False
    return sayable and str(path) == name and bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def above(name: str) -> Iterator[str]:
    """The directories that `name` lies in, below the project's, innermost first."""
    return map(str, list(PurePosixPath(name).parents)[:-1])


def lies_in(one: Path, two: Path) -> bool:
    """Whether the directory `one` is `two`, or below it, once links have been followed."""
    return Path(os.path.realpath(one)).is_relative_to(os.path.realpath(two))


class Tree:
    """The directory `path`, open until it is closed or the block that it is entered for ends."""

    def __init__(self, path: Path, handle: int | None = None) -> None:
        self.path = path
        self.handle = handle
        """The descriptor of the directory; None where it is not there, or the system has none."""

    @classmethod
    def open(cls, path: Path, *, missing: bool = False) -> Self:
        """The directory at `path`, whose links are the user's. One that is `missing`, if that may be, is empty."""
        if not DESCRIPTORS:
            if not (missing and not os.path.lexists(path)):
                os.scandir(path).close()
            return cls(path)
        try:
            return cls(path, os.open(path, os.O_RDONLY | os.O_DIRECTORY))
        except FileNotFoundError:
            if not missing or os.path.lexists(path):
                raise
            return cls(path)

    def close(self) -> None:
        """Close it; a lock on it ends with that."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def stat(self) -> os.stat_result:
        """What the system says of the directory itself."""
        return os.stat(self.path if self.handle is None else self.handle)

    def trusts(self, user: int) -> bool:
        """Whether what `user` owns here is to be believed: who runs this, and who owns the directory."""
        return not DESCRIPTORS or user in (os.geteuid(), self.stat().st_uid)

    @contextlib.contextmanager
    def _at(self, name: str) -> Iterator[tuple[str, int | None]]:
        """The last part of `name`, and a descriptor of the directory that it lies in."""
        *way, last = name.split("/")
        if not DESCRIPTORS:
            place = self.path
            for part in way:
                place = place / part
                if not stat.S_ISDIR(os.lstat(place).st_mode):
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
            yield str(place / last), None
            return
        if self.handle is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))
        at = self.handle
        try:
            for part in way:
                inner = _into(part, at)
                if at != self.handle:
                    os.close(at)
                at = inner
            yield last, at
        finally:
            if at != self.handle:
                os.close(at)

    @contextlib.contextmanager
    def _directory(self, name: str) -> Iterator[int]:
        """A descriptor of the directory `name` itself; `.` is the whole."""
        with self._at(f"{name}/.") as (_, at):
            assert at is not None  # nobody writes where there are no descriptors
            yield at

    # Looking

    def lstat(self, name: str) -> os.stat_result | None:
        """What the system says of `name`; None where nothing is there, or where its directory is none."""
        try:
            with self._at(name) as (last, at):
                return os.stat(last, dir_fd=at, follow_symlinks=False)
        except _NOT_THERE:
            return None

    def mark(self, name: str) -> str | None:
        """The fingerprint of what is at `name`; None for nothing. Of what cannot be written here it says the kind."""
        found = self.lstat(name)
        if found is None:
            return None
        try:
            if stat.S_ISLNK(found.st_mode):
                return link_mark(self.target(name))
            if not stat.S_ISREG(found.st_mode):
                return DIRECTORY if stat.S_ISDIR(found.st_mode) else SPECIAL
            if found.st_size > LARGEST:
                return HUGE
            return fingerprint(self.read(name), executable=bool(found.st_mode & 0o100))
        except _NOT_THERE:  # it went meanwhile
            return None

    def read(self, name: str, limit: int = LARGEST) -> bytes:
        """The content of the file `name`. What is not a file, or has more than `limit` bytes, is an OSError at once."""
        with self.reading(name) as handle, os.fdopen(handle, "rb", closefd=False) as file:
            size = os.fstat(handle).st_size
            content = file.read(size + 1) if size <= limit else b""
        if size > limit:
            raise OSError(errno.EFBIG, f"it has more than {limit} bytes", name)
        return content

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[int]:
        """A descriptor to read the file `name` by, which is a file; anything else may wait for others, or never end."""
        with self._at(name) as (last, at):
            if not stat.S_ISREG(os.stat(last, dir_fd=at, follow_symlinks=False).st_mode):
                raise OSError(errno.EINVAL, "it is not a file", name)
            handle = os.open(last, _READ, dir_fd=at)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, "it is not a file", name)
            yield handle
        finally:
            os.close(handle)

    def target(self, name: str) -> str:
        """What the link `name` points to."""
        with self._at(name) as (last, at):
            return os.readlink(last, dir_fd=at)

    def names(self, directory: str = ".") -> list[str]:
        """What is in a directory, in order of name."""
        with self._at(f"{directory}/.") as (last, at):
            return sorted(os.listdir(last if at is None else at))

    @property
    def exists(self) -> bool:
        """Whether the directory is there."""
        return self.handle is not None or (not DESCRIPTORS and os.path.lexists(self.path))

    def files(self, name: str) -> Iterator[str]:
        """`name` itself, if it is not a directory, else all that is below it and is not one."""
        found = self.lstat(name)
        if found is not None and not stat.S_ISDIR(found.st_mode):
            yield name
        elif found is not None:
            yield from self.below(name)

    def below(self, directory: str) -> Iterator[str]:
        """All that is below a directory, but for directories; what a link leads to is not below it."""
        left = [directory]
        while left:
            place = left.pop()
            try:
                names = self.names(place)
            except _NOT_THERE:
                continue
            for name in (each if place == "." else f"{place}/{each}" for each in names):
                found = self.lstat(name)
                if found is not None and stat.S_ISDIR(found.st_mode):
                    left.append(name)
                elif found is not None:
                    yield name

    def barrier(self, name: str) -> str | None:
        """The outermost directory above `name` that is there, but is none: a link, a file."""
        for parent in reversed(list(above(name))):
            found = self.lstat(parent)
            if found is not None and not stat.S_ISDIR(found.st_mode):
                return parent
        return None

    # Changing

    def store(self, name: str, content: bytes, *, executable: bool = False, durable: bool = True) -> bool:
        """Make the file `name`, if `durable` on the disk when this returns, and say whether it can be executed."""
        with self._at(name) as (last, at):
            handle = os.open(last, _MAKE, 0o777 if executable else 0o666, dir_fd=at)
        with os.fdopen(handle, "wb") as file:
            mode = stat.S_IMODE(os.fstat(handle).st_mode)
            if mode & 0o600 != 0o600:  # its owner is to read it again, whatever the umask
                os.fchmod(handle, mode | 0o600)
            file.write(content)
            file.flush()
            if durable:
                os.fsync(handle)
        return bool(mode & 0o100)

    def sync(self, directory: str = ".") -> None:
        """Have the names in a directory on the disk when this returns, where the file system can."""
        with self._directory(directory) as handle:
            try:
                os.fsync(handle)
            except OSError as error:
                if error.errno not in _UNSYNCED:
                    raise

    def make_link(self, target: str, name: str) -> None:
        """Make the link `name` to `target`."""
        with self._at(name) as (last, at):
            os.symlink(target, last, dir_fd=at)

    def make_directory(self, name: str, mode: int = 0o777) -> None:
        """Make the directory `name`; its owner can use it, whatever the umask."""
        with self._at(name) as (last, at), owners():
            os.mkdir(last, mode, dir_fd=at)

    def make_way(self, name: str, modes: Mapping[str, int] | None = None) -> None:
        """Make the directories above `name` that are not there, with the `modes` that are given for some."""
        for parent in reversed(list(above(name))):
            if self.lstat(parent) is None:
                self.make_directory(parent)
                if modes is not None and parent in modes:
                    with self._directory(parent) as handle:
                        os.fchmod(handle, modes[parent])

    def rename(self, old: str, new: str) -> None:
        """Put what is at `old` in the place of `new`, at once."""
        with self._at(old) as (source, source_at), self._at(new) as (target, target_at):
            os.replace(source, target, src_dir_fd=source_at, dst_dir_fd=target_at)

    def keep(self, name: str, copy: str) -> None:
        """Have `copy` be the file or link `name` too: the same one where the file system can, else one like it.

        Raises PermissionError for a file that can be neither replaced nor removed: one that is immutable.
        """
        try:
            with self._at(name) as (source, source_at), self._at(copy) as (target, target_at):
                os.link(source, target, src_dir_fd=source_at, dst_dir_fd=target_at, follow_symlinks=False)
            return
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
                raise
        found = self.lstat(name)
        if found is not None and stat.S_ISLNK(found.st_mode):
            self.make_link(self.target(name), copy)
            return
        self.check_changeable(name)
        self.store(copy, self.read(name), executable=found is not None and bool(found.st_mode & 0o100))

    def check_changeable(self, name: str) -> None:
        """Raise PermissionError for a file that can be neither replaced nor removed: one that is immutable."""
        with self._at(name) as (last, at):
            try:
                os.close(os.open(last, os.O_WRONLY | _READ, dir_fd=at))
            except OSError as error:
                if error.errno == errno.EPERM:
                    raise

    def remove(self, name: str) -> None:
        """Remove the file or the link `name`."""
        with self._at(name) as (last, at):
            os.unlink(last, dir_fd=at)

    def remove_directory(self, name: str) -> None:
        """Remove the directory `name`, which is empty."""
        with self._at(name) as (last, at):
            os.rmdir(last, dir_fd=at)

    def prune(self, name: str, keep: Container[str] = ()) -> None:
        """Remove the directories above `name` that are empty, innermost first, up to one of those to `keep`."""
        for parent in above(name):
            if parent in keep:
                break
            try:
                self.remove_directory(parent)
            except OSError as error:
                if error.errno not in _STAYS:
                    raise
                break

    def remove_below(self, name: str) -> None:
        """Remove the directory `name` and all that is below it. A link goes, never what it leads to."""
        left, number = [name], 0
        while left:
            place = left[-1]
            for each in (f"{place}/{inner}" for inner in self.names(place)):
                found = self.lstat(each)
                if found is None:
                    continue
                if not stat.S_ISDIR(found.st_mode):
                    self.remove(each)
                elif place == name:
                    left.append(each)
                else:  # up, so that a deep one takes no longer than a wide one
                    while self.lstat(f"{name}/{number}") is not None:
                        number += 1
                    self.rename(each, f"{name}/{number}")
                    left.append(f"{name}/{number}")
            if left[-1] == place:
                self.remove_directory(left.pop())


@contextlib.contextmanager
def owners() -> Iterator[None]:
    """Have directories that are made in the block be ones that their owner can use, whatever the umask."""
    umask = os.umask(0o077)
    os.umask(umask & ~0o700)
    try:
        yield
    finally:
        os.umask(umask)


def _into(part: str, at: int) -> int:
    """A descriptor of the directory `part` in another, which is not a link."""
    try:
        return os.open(part, _INTO, dir_fd=at)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):  # what some systems say of a link there
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), part) from None
        raise
