"""The published source of a unikernel, according to its git work tree."""

from __future__ import annotations

import errno
import re
import stat
from pathlib import Path

from attr import frozen

from functoria.record import Record

_REMOTE = re.compile(
    r'^[ \t]*\[[ \t]*remote[ \t]+"origin"[ \t]*\][^\[]*?^[ \t]*url[ \t]*=[ \t]*(\S+)', re.MULTILINE | re.DOTALL
)
_URL = re.compile(r"(?:[a-z+]+://)?(?:[^@/]+@)?(?P<host>[^:/]+)(?::\d+(?=/))?[:/](?P<path>.+)")
_HOME = "https://mirage.io"
_LARGEST = 1 << 20
"""The most bytes that a file of git's may have to be read: 1 MiB."""


@frozen(eq=False, repr=False)
class Source(Record):
    """The source of a unikernel: its URL for opam, and its folder there, `""` for the top."""

    url: str | None = None
    folder: str = ""

    @property
    def page(self) -> str:
        """The unikernel's home page: that of its source or, if it is not known, of MirageOS."""
        return _HOME if self.url is None else self.url.removeprefix("git+").partition("#")[0]

    @property
    def repository(self) -> str | None:
        """The URL of the repository for opam's `dev-repo`; empty if it is not under version control."""
        known = self.url is not None and self.url.startswith(("git+", "git:", "hg+", "darcs+"))
        return self.url.partition("#")[0] if known and self.url is not None else None


def source_of(directory: Path) -> Source:
    """Return the source of `directory`: the branch of its git work tree, and the remote `origin` as an https URL.

    It is not known without a work tree, a branch or a remote with that name.
    """
    for top in (directory, *directory.parents):
        marker = top / ".git"
        if marker.exists():
            folder = "" if top == directory else directory.relative_to(top).as_posix()
            return Source(_url(marker), folder)
    return Source()


def _url(marker: Path) -> str | None:
    try:
        private = marker
        if marker.is_file():  # a linked work tree, or a submodule
            private = (marker.parent / _text(marker).partition("gitdir:")[2].strip()).resolve()
        shared = private
        if (private / "commondir").is_file():
            shared = (private / _text(private / "commondir").strip()).resolve()
        head = _text(private / "HEAD").strip()
        remote = _REMOTE.search(_text(shared / "config"))
    except (OSError, ValueError):
        return None
    branch = head.removeprefix("ref: refs/heads/")
    found = remote and _URL.fullmatch(remote[1].removesuffix("/"))
    if branch == head or not found:
        return None
    return f"git+https://{found['host']}/{found['path']}#{branch}"


def _text(path: Path) -> str:
    """Return the text of one of git's files, but only of a regular one: pipes and devices might never end."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
        raise OSError(errno.EINVAL, "it is not a file of git's", str(path))
    return path.read_text(encoding="utf-8")
