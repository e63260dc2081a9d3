"""Access to a directory through descriptors, without following links and without reading anything but regular files.

Only this module touches the disk below a project. A name is a path relative to the directory, with `/`. Each part is opened
relative to the one before, so if a directory is swapped for a link meanwhile, opening it fails and nothing outside is
reached. Methods raise OSError as the system does.

On systems without directory descriptors, names are resolved as paths, after checking for links. That is good enough for
reading; `locked` refuses to write there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Self

from functoria.digest import sha256

LARGEST = 1 << 28
"""The size limit for reading and writing files, in bytes: 256 MiB."""
DIRECTORY, SPECIAL, HUGE = "directory", "special", "huge"
"""Marks in place of a fingerprint: for what is not a regular file, and for files larger than LARGEST."""
NO_FILE = frozenset([DIRECTORY, SPECIAL, HUGE])
"""The marks of anything that is neither read, written nor removed."""

DESCRIPTORS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether the system has directory descriptors."""
_INTO = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_NOT_THERE = (FileNotFoundError, NotADirectoryError)
_STAYS = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.ENOENT, errno.EBUSY, errno.EPERM, errno.EACCES)
"""Errors for which a directory is left: it is not empty, not a directory, a mount point, or another user's."""
_NO_PARTS = frozenset(["", ".", ".."])
"""What no part of a plain path is."""
_UNSYNCED = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)


def fingerprint(content: bytes, *, executable: bool = False) -> str:
    """Return a text that identifies a file's content and mode."""
    return ("x:" if executable else "") + sha256(content).hexdigest()


def link_mark(target: str) -> str:
    """Return the fingerprint of a link to `target`."""
    return "link:" + fingerprint(target.encode(errors="surrogateescape"))


def bare(mark: str | None) -> str | None:
    """Return a fingerprint without its mark for executable files."""
    return None if mark is None else mark.removeprefix("x:")


def alike(one: str | None, two: str | None) -> bool:
    """Whether two fingerprints are equal apart from the executable bit."""
    return bare(one) == bare(two)


def sayable(name: str) -> bool:
    """Whether this system can encode `name`: without zero bytes, and only with those lone surrogates that stand for bytes."""
    try:
        return b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


def inside(name: str) -> bool:
    """Return whether `name` is a plain path below a directory that this system can encode."""
    return sayable(name) and _NO_PARTS.isdisjoint(name.split("/"))


def above(name: str) -> Iterator[str]:
    """Yield the directories above `name`, a plain path below the project, innermost first."""
    while name := name.rpartition("/")[0]:
        yield name


def lies_in(one: Path, two: Path) -> bool:
    """Return whether the directory `one` is `two` or below it, with links resolved."""
    return Path(os.path.realpath(one)).is_relative_to(os.path.realpath(two))


class Tree:
    """The open directory `path`. Close it, or use it in a `with` statement."""

    def __init__(self, path: Path, handle: int | None = None) -> None:
        self.path = path
        self.handle = handle
        """The directory's descriptor; None if it does not exist, or the system has no directory descriptors."""

    @classmethod
    def open(cls, path: Path, *, missing: bool = False) -> Self:
        """Open the directory at `path`, in which links are followed. With `missing`, one that does not exist is empty."""
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
        """Close the directory, which releases a lock on it."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def stat(self) -> os.stat_result:
        """Return the status of the directory itself."""
        return os.stat(self.path if self.handle is None else self.handle)

    def trusts(self, user: int) -> bool:
        """Return whether to trust files of `user`: of this process's user and of the directory's owner only."""
        return not DESCRIPTORS or user in (os.geteuid(), self.stat().st_uid)

    def distrusted(self, path: Path, user: int) -> str:
        """Say why not to trust what is at `path`, which belongs to `user`; empty if it is to be trusted."""
        if self.trusts(user):
            return ""
        return f"{path} belongs to the user {user}, who is neither you nor the owner of {self.path}"

    @contextlib.contextmanager
    def _at(self, name: str) -> Iterator[tuple[str, int | None]]:
        """Yield a descriptor of the directory that `name` lies in, and the last part of `name`."""
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
        """Yield a descriptor of the directory `name`; `.` is the whole."""
        with self._at(f"{name}/.") as (_, at):
            assert at is not None  # without descriptors nothing is written
            yield at

    # Looking

    def lstat(self, name: str) -> os.stat_result | None:
        """Return the status of `name`; None if it does not exist, or something above it is not a directory."""
        try:
            with self._at(name) as (last, at):
                return os.stat(last, dir_fd=at, follow_symlinks=False)
        except _NOT_THERE:
            return None

    def mark(self, name: str) -> str | None:
        """Return the fingerprint of `name`; None if it does not exist, or the kind of what is not a file or link."""
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
        except _NOT_THERE:  # removed meanwhile
            return None

    def read(self, name: str, limit: int = LARGEST) -> bytes:
        """Read the file `name`. Raises OSError at once for anything but a regular file, or one above `limit` bytes."""
        with self.reading(name) as handle, os.fdopen(handle, "rb", closefd=False) as file:
            size = os.fstat(handle).st_size
            content = file.read(size + 1) if size <= limit else b""
        if size > limit:
            raise OSError(errno.EFBIG, f"it has more than {limit} bytes", name)
        return content

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[int]:
        """Yield a descriptor for reading the regular file `name`. Reading anything else might block or never end."""
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
        """Return the target of the link `name`."""
        with self._at(name) as (last, at):
            return os.readlink(last, dir_fd=at)

    def names(self, directory: str = ".") -> list[str]:
        """Return the names in a directory, sorted."""
        with self._at(f"{directory}/.") as (last, at):
            return sorted(os.listdir(last if at is None else at))

    @property
    def exists(self) -> bool:
        """Return whether the directory exists."""
        return self.handle is not None or (not DESCRIPTORS and os.path.lexists(self.path))

    def files(self, name: str) -> Iterator[str]:
        """Return `name` itself, or all files and links below it if it is a directory."""
        found = self.lstat(name)
        if found is not None and not stat.S_ISDIR(found.st_mode):
            yield name
        elif found is not None:
            yield from self.below(name)

    def below(self, directory: str) -> Iterator[str]:
        """Yield all files and links below a directory. Links are not followed."""
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
        """Return the outermost name above `name` that is not a directory, such as a link or a file; None if all are."""
        for parent in reversed(list(above(name))):
            found = self.lstat(parent)
            if found is not None and not stat.S_ISDIR(found.st_mode):
                return parent
        return None

    # Changing

    def store(self, name: str, content: bytes, *, executable: bool = False, durable: bool = True) -> bool:
        """Create the file `name`, synced to disk if `durable`, and return whether it is executable."""
        with self._at(name) as (last, at):
            handle = os.open(last, _MAKE, 0o777 if executable else 0o666, dir_fd=at)
        with os.fdopen(handle, "wb") as file:
            mode = stat.S_IMODE(os.fstat(handle).st_mode)
            if mode & 0o600 != 0o600:  # its owner must be able to read it, whatever the umask
                os.fchmod(handle, mode | 0o600)
            file.write(content)
            file.flush()
            if durable:
                os.fsync(handle)
        return bool(mode & 0o100)

    def sync(self, directory: str = ".") -> None:
        """Sync the names in a directory to disk, if the file system supports that."""
        with self._directory(directory) as handle:
            try:
                os.fsync(handle)
            except OSError as error:
                if error.errno not in _UNSYNCED:
                    raise

    def make_link(self, target: str, name: str) -> None:
        """Create the link `name` to `target`."""
        with self._at(name) as (last, at):
            os.symlink(target, last, dir_fd=at)

    def make_directory(self, name: str, mode: int = 0o777) -> None:
        """Create the directory `name`, usable by its owner whatever the umask."""
        with self._at(name) as (last, at), owners():
            os.mkdir(last, mode, dir_fd=at)

    def make_way(self, name: str, modes: Mapping[str, int] | None = None) -> None:
        """Create missing directories above `name`, with `modes` for some of them."""
        for parent in reversed(list(above(name))):
            if self.lstat(parent) is None:
                self.make_directory(parent)
                if modes is not None and parent in modes:
                    with self._directory(parent) as handle:
                        os.fchmod(handle, modes[parent])

    def rename(self, old: str, new: str) -> None:
        """Atomically rename `old` to `new`, replacing it."""
        with self._at(old) as (source, source_at), self._at(new) as (target, target_at):
            os.replace(source, target, src_dir_fd=source_at, dst_dir_fd=target_at)

    def keep(self, name: str, copy: str) -> None:
        """Make `copy` a hard link to the file or link `name` or, if the file system has none, a copy.

        Raises PermissionError for an immutable file, which can be neither replaced nor removed.
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
        """Raise PermissionError for an immutable file, which can be neither replaced nor removed."""
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
        """Remove the empty directory `name`."""
        with self._at(name) as (last, at):
            os.rmdir(last, dir_fd=at)

    def prune(self, name: str, keep: Container[str] = ()) -> None:
        """Remove empty directories above `name`, innermost first, up to one of those to `keep`."""
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
        """Remove the directory `name` and everything below it. Links are removed, not followed."""
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
                else:  # upwards, so that depth costs no more than width
                    while self.lstat(f"{name}/{number}") is not None:
                        number += 1
                    self.rename(each, f"{name}/{number}")
                    left.append(f"{name}/{number}")
            if left[-1] == place:
                self.remove_directory(left.pop())


@contextlib.contextmanager
def owners() -> Iterator[None]:
    """Make directories created in the block usable by their owner, whatever the umask."""
    umask = os.umask(0o077)
    os.umask(umask & ~0o700)
    try:
        yield
    finally:
        os.umask(umask)


def _into(part: str, at: int) -> int:
    """Open the directory `part` in another; a link is refused."""
    try:
        return os.open(part, _INTO, dir_fd=at)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):  # some systems report this for a link
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), part) from None
        raise
