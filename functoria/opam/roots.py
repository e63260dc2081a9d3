"""opam's roots: made once for the content of a repository, kept, and unpacked where opam runs.

opam takes seconds to make a root, and each of its runs may write to the one that it is given. So a root is kept as an
archive, which opam never sees, and every process and thread lays out one of its own.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path, PurePosixPath

from functoria.errors import BuildError
from functoria.opam.repository import Repository
from functoria.opam.shelf import Files, Shelf
from functoria.opam.tool import Opam, failed, version

SWITCH = "empty"
"""The name of the switch in a root that was laid out: nothing is installed in it."""
_PREFIX = "opam-root-"
_FORM = "2"
"""The version of the format of kept roots. Roots with another number are ignored."""
_SEAL = hashlib.sha256().digest_size
_MOST = 1 << 26
"""The size limit of a root that is kept, in bytes. One of MirageOS's packages has 2,000,000."""
_COUNT = 8
"""The number of roots to keep, the last used ones."""
_QUIET = ("--no-setup", "--disable-sandboxing", "--bare")
_REPO = b'opam-version: "2.0"\n'
_INDEX = "index.tar.gz"
_FETCH = b'download-command: ["cp" "%b" "%%{out}%%"]\n' % _INDEX.encode()
"""The setting that makes opam fetch the repository's archive from the directory in which it runs."""
_MADE = 946684800
"""The time of the files in it, in seconds since the epoch: tar warns of very old ones."""
_LEFT_OUT = ("log",)
"""Files that opam writes for people to read."""


class Roots:
    """The roots kept in a directory of their own in `place`; None keeps nothing."""

    def __init__(self, place: Path | None) -> None:
        self._shelf = Shelf(place)

    def get(self, name: str) -> bytes | None:
        """Return the root of this name; None if there is none, or it is damaged or cannot be trusted."""
        with suppress(OSError), self._shelf.reading() as files:
            content = files.read(_PREFIX + name, _MOST)
            seal, root = content[:_SEAL], content[_SEAL:]
            if hashlib.sha256(root).digest() == seal:
                with suppress(OSError):
                    files.used(_PREFIX + name)
                return root
        return None

    def put(self, name: str, root: bytes) -> None:
        """Keep `root` under this name if possible, removing others until there is room."""
        content = hashlib.sha256(root).digest() + root
        if len(content) > _MOST:
            return
        with suppress(OSError), self._shelf.writing() as files:
            files.replace(_PREFIX + name, content)
            for old in _by_use(files)[_COUNT:]:
                files.remove(old)


def _by_use(files: Files) -> list[str]:
    """Return the names of the roots, the last used first; those that a crash left unfinished are included."""
    names = [name for name in files.names() if name.startswith(_PREFIX)]
    return sorted(names, key=files.last_used, reverse=True)


def root_of(
    repository: Repository, names: Collection[str] | None, opam: Opam, directory: Path, kept: Roots
) -> tuple[bytes, Path]:
    """Return opam's root for the packages `names` of `repository`, or for all, and where it is unpacked in `directory`.

    It is made there if it was not kept, or if opam cannot use what was. Raises BuildError if opam fails, and
    InvalidRepository if the repository no longer exists.
    """
    name = hashlib.sha256(f"{_FORM} {version()} {repository.digest(names)}".encode()).hexdigest()[:_SEAL]
    root = kept.get(name)
    if root is not None:
        with suppress(BuildError, OSError):
            return root, lay_out(root, opam, directory / "kept")
    root = _made(repository, names, opam, directory)
    kept.put(name, root)
    return root, lay_out(root, opam, directory / "first")


def _made(repository: Repository, names: Collection[str] | None, opam: Opam, directory: Path) -> bytes:
    """Have opam make a root without packages, and then add an archive of the repository.

    That takes half of the time: files are written once and not three times, and opam looks for no default compiler.
    """
    empty, root, settings = directory / "repository", directory / "made", directory / "opamrc"
    (empty / "packages").mkdir(parents=True)
    (empty / "repo").write_bytes(_REPO)
    settings.write_bytes(_REPO + _FETCH)
    (directory / _INDEX).write_bytes(_archive(repository, names))
    for arguments in (
        ["init", *_QUIET, "--config", str(settings), "--kind", "local", "none", str(empty)],
        ["repository", "add", "--set-default", "--kind", "http", "default", "http://functoria.invalid"],
    ):
        done = opam.run(root, arguments, directory)
        if done.returncode:
            raise failed(done)
    return _packed(root)


def _archive(repository: Repository, names: Collection[str] | None) -> bytes:
    """Return an archive of the packages `names` of `repository`, as opam would fetch it."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz", compresslevel=1) as archive:
        for path, text in (
            ("repo", _REPO),
            *(
                (f"packages/{source.name}/{source.name}.{source.version}/opam", source.content)
                for source in repository.sources(names)
            ),
        ):
            member = tarfile.TarInfo(path)
            member.size, member.mtime = len(text), _MADE
            archive.addfile(member, io.BytesIO(text))
    return content.getvalue()


def _packed(root: Path) -> bytes:
    """Return an archive of the plain files and directories in `root`."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root)
            if name.parts[0] not in _LEFT_OUT and not path.is_symlink():
                archive.add(path, name.as_posix(), recursive=False)
    return content.getvalue()


def lay_out(root: bytes, opam: Opam, directory: Path) -> Path:
    """Unpack `root` to the new `directory`, with an empty switch, and return its path. Raises BuildError if it is invalid."""
    directory.mkdir()
    try:
        with tarfile.open(fileobj=io.BytesIO(root)) as archive:
            for member in archive:
                path = directory / _inner(member.name)
                if member.isdir():
                    path.mkdir(parents=True, exist_ok=True)
                elif member.isreg() and (file := archive.extractfile(member)) is not None:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(file.read())
    except (tarfile.TarError, ValueError) as error:
        raise BuildError(f"the root that was kept for opam cannot be read: {error}") from None
    done = opam.run(directory, ["switch", "create", "--empty", SWITCH], directory)
    if done.returncode:
        raise failed(done)
    return directory


def _inner(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{name} leads out of it")
    return path
