"""Archives as trees of directories, links and files. Paths and links are only followed inside of the archive."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from functoria.opam.limits import Limits, length, over, too_many
from functoria.opam.tar import Member, members

_SHOWN = 80
"""The number of characters shown of an overlong path."""
_SEVERAL = "it is in the archive more than once, and differs: make the archive anew"
_CIRCLE = "links lead in a circle"


class _Node:
    """A path in an archive: a directory, a link, a file, or a conflict between members."""

    __slots__ = ("above", "asked", "content", "inner", "kind", "reached", "size", "target")

    def __init__(self, above: _Node | None) -> None:
        self.above = above
        self.inner: dict[str, _Node] | None = None
        self.kind = ""
        self.target = ""
        self.size = 0
        self.content: bytes | None = None
        self.asked = False
        self.reached: _Node | str | None = None
        """The target of a link, or why it has none, once that is known."""

    def become(self, member: Member) -> None:
        """Become what `member` describes. It is a conflict if other members with this path describe something else."""
        said = member.kind, member.size, member.target, member.content
        if self.kind and (said != (self.kind, self.size, self.target, self.content) or _unknown(member)):
            self.kind, self.target, self.content = "several", "", None
        else:
            self.kind, self.size, self.target, self.content = said
        if self.inner is None and member.kind == "directory":
            self.inner = {}


def _unknown(member: Member) -> bool:
    """Whether it is a file whose content was not read, so that it cannot be compared."""
    return member.kind == "file" and member.content is None


class _Way:
    """A link being followed: the place reached so far, and the remaining names in reverse."""

    __slots__ = ("limits", "link", "names", "place")

    def __init__(self, link: _Node, place: _Node, limits: Limits) -> None:
        self.link = link
        self.place = place
        self.limits = limits
        self.names: list[str] | None = None

    def go(self) -> _Node | None:
        """Continue to the end, or to the next link whose target is not known yet, and return that link."""
        if self.names is None:
            self.names = self._names()
        while self.names:
            name = self.names[-1]
            if name == "..":
                if self.place.above is None:
                    raise OSError("a link leads out of the archive")
                self.place = self.place.above
            elif name not in ("", "."):
                if self.place.inner is None or name not in self.place.inner:
                    raise OSError("a link leads nowhere")
                node = self.place.inner[name]
                if node.target and node.reached is None:
                    return node
                self.place = _end(node)
            self.names.pop()
        return None

    def _names(self) -> list[str]:
        target = self.link.target
        if length(target) > self.limits.path:
            raise OSError(over(f"a link has more than {self.limits.path} bytes", "path"))
        if self.link.kind == "symlink" and target.startswith("/"):
            raise OSError("a link leads out of the archive")
        return target.split("/")[::-1]


class Archive:
    """The directories and links of the archive `path`, and its files called opam, as a tree for `functoria.opam.tree`.

    Raises InvalidRepository if the archive is damaged, or exceeds one of `limits` for archives.
    """

    prefix = ""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.left_out: list[tuple[str, str, OSError]] = []
        self.count = 0
        self.root = self.top = _Node(None)
        links = []
        for member in members(path, limits, lambda path: path.rpartition("/")[2] == "opam"):
            node = self._made(member)
            if node is not None and node.target and member.path.rpartition("/")[2] == "opam":
                links.append(node)
        if [node for node in links if self._ask(node)]:
            for member in members(path, limits, lambda path: (self._at(path) or self.root).asked):
                node = self._at(member.path)
                if node is not None and node.asked:
                    node.content = member.content
        inner = self.root.inner or {}
        tops = [top for top, node in inner.items() if _has_packages(node)]
        if len(tops) == 1 and not _has_packages(self.top):
            self.prefix = f"{tops[0]}/"
            self.root = inner[tops[0]]

    def _made(self, member: Member) -> _Node | None:
        """Return the node of a member; None if it is left out."""
        self._enough()
        names, wrong = _names(member.path), ""
        if names is None:
            wrong = "it leads out of the archive"
        elif length(member.path) > self.limits.path:
            wrong = over(f"its path has more than {self.limits.path} bytes", "path")
        elif not names and member.kind != "directory":
            wrong = "it takes the place of all the others"
        if wrong:
            self.left_out.append((_shortened(member.path), "", OSError(wrong)))
        if wrong or not names:
            return None
        node = self.root
        for place, name in enumerate(names, 1):
            node.inner = {} if node.inner is None else node.inner
            if name not in node.inner:
                if place < len(names):
                    self._enough()
                node.inner[name] = _Node(node)
            node = node.inner[name]
        node.become(member)
        return node

    def _enough(self) -> None:
        self.count += 1
        if self.count > self.limits.members:
            raise too_many(self.path, self.limits)

    def _at(self, path: str) -> _Node | None:
        node: _Node | None = self.top
        for name in _names(path) or ("",):
            node = None if node is None or node.inner is None else node.inner.get(name)
        return node

    def _ask(self, link: _Node) -> bool:
        """Return whether `link` leads to a file that has not been read, and request that."""
        try:
            node = self._followed(link)
        except OSError:
            return False
        node.asked = node.kind == "file" and node.content is None and node.size <= self.limits.file
        return node.asked

    def _followed(self, node: _Node) -> _Node:
        """Follow `node` until it is not a link."""
        if node.target and node.reached is None:
            self._find(node)
        return _end(node)

    def _find(self, link: _Node) -> None:
        """Resolve `link` and each link on its way, in time linear in their total length."""
        ways = [self._way(link)]
        while ways:
            way = ways[-1]
            try:
                unknown = way.go()
            except OSError as error:
                unknown, way.link.reached = None, str(error)
            else:
                way.link.reached = (
                    _CIRCLE if unknown else way.place
                )  # for a link that is met again while it is followed
            if unknown is None:
                ways.pop()
            else:
                ways.append(self._way(unknown))

    def _way(self, link: _Node) -> _Way:
        above = link.above
        assert above is not None  # the top is not a link
        return _Way(link, self.top if link.kind == "link" else above, self.limits)

    def enter(self, place: _Node, name: str) -> _Node:
        """Return what `name` in the directory `place` leads to."""
        if place.inner is None or name not in place.inner:
            raise OSError("there is nothing")
        return self._followed(place.inner[name])

    def names(self, place: _Node) -> Collection[str] | None:
        """Return the names in the directory `place`; None for a file."""
        if place.inner is not None:
            return place.inner
        if place.kind == "other":
            raise OSError("it is neither a file nor a directory")
        return None

    def identity(self, place: _Node) -> object:
        """Return what identifies a directory."""
        return id(place)

    def read(self, place: _Node) -> bytes:
        """Return a value that identifies a directory."""
        if place.content is not None:
            return place.content
        if place.kind == "sparse":
            raise OSError("it is a file with holes")
        if place.kind == "file" and place.size > self.limits.file:
            raise OSError(over(f"it has more than {self.limits.file:,} bytes", "file"))
        raise OSError("it is not a file")


def _end(node: _Node) -> _Node:
    """Return the target of `node` if it is a resolved link, otherwise `node`."""
    if node.kind == "several" or (node.inner and node.kind not in ("", "directory")):
        raise OSError(_SEVERAL)
    if isinstance(node.reached, str):
        raise OSError(node.reached)
    return node.reached or node


def _shortened(path: str) -> str:
    return path if len(path) <= _SHOWN else f"{path[:_SHOWN]}…"


def _has_packages(node: _Node) -> bool:
    return node.inner is not None and "packages" in node.inner and node.inner["packages"].inner is not None


def _names(path: str) -> list[str] | None:
    """Split `path` into names; None if it leads out of the archive."""
    names: list[str] = []
    for name in path.split("/"):
        if name == "..":
            if not names:
                return None
            names.pop()
        elif name not in ("", "."):
            names.append(name)
    return names
