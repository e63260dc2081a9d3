"""The files beside a configuration: their digest, and archives for workers that cannot read this machine's files.

All files in the directory count, at any depth, and links are followed. The exceptions are hidden files, directories of Python
and dune, and what this library wrote: projects, and the outputs of fleets.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from attr import frozen

from functoria.errors import ConfigError, FileConflict
from functoria.project.state import NAME as STATE
from functoria.project.state import State

MARK = ".functoria-fleet"
"""The file that marks a directory as the output of a fleet."""
MOST_FILES = 20_000
"""The maximal number of files beside a configuration."""
MOST_BYTES = 1 << 28
"""The maximal size of these files in bytes: 256 MiB."""

SKIPPED = {"__pycache__", "_build"}
"""Directories of Python and of dune."""
_NEVER = (1980, 1, 1, 0, 0, 0)
"""The time of all files in archives, so that equal contents have equal archives."""


@frozen
class Entry:
    """A file: its path, and whether it is executable."""

    name: str
    executable: bool
    content: bytes


@frozen(slots=False)
class Contents:
    """The files of a directory."""

    entries: tuple[Entry, ...]

    @cached_property
    def digest(self) -> str:
        """A digest of names and contents, the same on any machine."""
        total = sha256()
        for entry in self.entries:
            total.update(f"{len(entry.name)} {entry.name} {entry.executable} ".encode("utf-8", "surrogateescape"))
            total.update(sha256(entry.content).digest())
        return total.hexdigest()

    def packed(self) -> bytes:
        """Return an archive of the files."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry in self.entries:
                info = zipfile.ZipInfo(entry.name, _NEVER)
                info.external_attr = (stat.S_IFREG | (0o755 if entry.executable else 0o644)) << 16
                archive.writestr(info, entry.content, zipfile.ZIP_DEFLATED)
        return stream.getvalue()


def unpack(packed: bytes, directory: Path) -> None:
    """Unpack an archive made by `Contents.packed` to `directory`, which is empty or does not exist."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(directory)
        for info in archive.infolist():
            if info.external_attr >> 16 & stat.S_IXUSR:
                (directory / info.filename).chmod(0o755)


def read(root: Path) -> Contents:
    """List the files of the directory `root` that count.

    Raises ConfigError for more than MOST_FILES files or MOST_BYTES bytes, and for what cannot be read.
    """
    entries: list[Entry] = []
    size = 0
    for name, path in sorted(_files(root)):
        try:
            with open(path, "rb") as file:
                content = file.read(MOST_BYTES + 1 - size)
                executable = bool(os.fstat(file.fileno()).st_mode & stat.S_IXUSR)
        except OSError as error:
            raise ConfigError(
                f"{path}, beside a configuration, cannot be read: {error.strerror}", objects=[path]
            ) from error
        size += len(content)
        entries.append(Entry(name, executable, content))
        if size > MOST_BYTES or len(entries) > MOST_FILES:
            raise ConfigError(
                f"{root} holds more than {MOST_FILES} files or {MOST_BYTES >> 20} MiB: give each configuration a directory of "
                "its own, with only what it needs",
                objects=[root],
            )
    return Contents(tuple(entries))


def _files(root: Path) -> Iterator[tuple[str, str]]:
    made = _made(root)
    above: set[tuple[int, int]] = set()
    left = [""]
    while left:
        place = left.pop()
        try:
            with os.scandir(root / place) as found:
                entries = list(found)
        except OSError as error:
            raise ConfigError(
                f"{root / place}, beside a configuration, cannot be read: {error.strerror}", objects=[root / place]
            ) from error
        if place and any(entry.name in (STATE, MARK) for entry in entries):
            continue
        for entry in entries:
            name = f"{place}/{entry.name}" if place else entry.name
            if entry.name.startswith(".") or entry.name in SKIPPED or entry.name.endswith(".pyc") or name in made:
                continue
            try:
                status = entry.stat()
            except OSError:  # a broken link
                continue
            if stat.S_ISDIR(status.st_mode):
                if (status.st_dev, status.st_ino) not in above:  # otherwise a link leads back to a directory above it
                    above.add((status.st_dev, status.st_ino))
                    left.append(name)
            elif stat.S_ISREG(status.st_mode):
                yield name, entry.path


def _made(root: Path) -> set[str]:
    """Return the files in `root` that this library wrote, or a build made."""
    try:
        state = State.load(root)
    except (FileConflict, OSError):
        return set()
    return set() if state is None else {*state.files, *state.products}


class Reader:
    """Reads directories once. It keeps digests, and the last archive, because cases of one configuration are consecutive."""

    def __init__(self) -> None:
        self._digests: dict[Path, str] = {}
        self._last: tuple[Path, bytes] | None = None
        self._once: dict[Callable[[], str], str] = {}

    def once(self, make: Callable[[], str]) -> str:
        """Return the result of the first call of `make`."""
        if make not in self._once:
            self._once[make] = make()
        return self._once[make]

    def digest(self, root: Path) -> str:
        """Return the digest of the contents of `root`. Raises ConfigError."""
        if root not in self._digests:
            self._digests[root] = read(root).digest
        return self._digests[root]

    def packed(self, root: Path) -> bytes:
        """Return the contents of `root` as an archive. Raises ConfigError."""
        if self._last is None or self._last[0] != root:
            self._last = (root, read(root).packed())
        return self._last[1]
