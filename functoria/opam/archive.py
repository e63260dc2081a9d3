"""An archive as a tree of directories, links and files. What its paths and links say is followed only inside of it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from functoria.opam.limits import Limits, length, over, too_many
from functoria.opam.tar import Member, members

_MOST_LINKS = 40
_SHOWN = 80
"""How much is shown of a path that is too long."""


class _Node:
    """A path in an archive: a directory, a link, a file, or several of these where members contradict each other."""

    __slots__ = ("above", "asked", "content", "inner", "kind", "reached", "size", "target")

    def __init__(self, above: _Node | None) -> None:
        self.above = above
        self.inner: dict[str, _Node] | None = None
        self.kind = ""
        self.target = ""
        self.size = 0
        self.content: bytes | None = None
        self.asked = False
        self.reached: _Node | None = None
        """What the link leads to, as soon as that is known."""


class Archive:
    """The directories and links of the archive `path`, and the files called opam: a tree as `functoria.opam.tree` has it.

    Raises InvalidRepository for what is damaged, and for what is too much altogether, by `limits`.
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
        """The node of a member; None for one that is left out."""
        self._enough()
        names = _names(member.path)
        if names is None or length(member.path) > self.limits.path:
            wrong = "it leads out of the archive"
            if names is not None:
                wrong = over(f"its path has more than {self.limits.path} bytes", "path")
            self.left_out.append((_shortened(member.path), "", OSError(wrong)))
            return None
        node = self.root
        for place, name in enumerate(names, 1):
            node.inner = {} if node.inner is None else node.inner
            if name not in node.inner:
                if place < len(names):
                    self._enough()
                node.inner[name] = _Node(node)
            node = node.inner[name]
        if node.inner is None and member.kind == "directory":
            node.inner = {}
        node.kind, node.size, node.content, node.reached = member.kind, member.size, member.content, None
        node.target = (member.target or ".") if member.kind in ("symlink", "link") else ""
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
        """Whether `link` leads to a file that was not asked for, but is from now on."""
        try:
            node = self._followed(link)
        except OSError:
            return False
        node.asked = node.kind == "file" and node.content is None and node.size <= self.limits.file
        return node.asked

    def _followed(self, node: _Node, followed: int = 0) -> _Node:
        """The node that is not a link to which `node` leads."""
        if not node.target:
            return node
        if node.reached is None:
            if followed == _MOST_LINKS:
                raise OSError("links lead in a circle")
            node.reached = self._led(node, followed + 1)
        return node.reached

    def _led(self, link: _Node, followed: int) -> _Node:
        if length(link.target) > self.limits.path:
            raise OSError(over(f"a link has more than {self.limits.path} bytes", "path"))
        node: _Node | None = link.above
        if link.kind == "link":
            node = self.top
        elif link.target.startswith("/"):
            node = None
        for name in link.target.split("/"):
            if node is not None and name == "..":
                node = node.above
            elif node is not None and name not in ("", "."):
                if node.inner is None or name not in node.inner:
                    raise OSError("a link leads nowhere")
                node = self._followed(node.inner[name], followed)
            if node is None:
                raise OSError("a link leads out of the archive")
        assert node is not None
        return node

    def enter(self, place: _Node, name: str) -> _Node:
        """What `name` in the directory `place` leads to."""
        if place.inner is None or name not in place.inner:
            raise OSError("there is nothing")
        return self._followed(place.inner[name])

    def names(self, place: _Node) -> Collection[str] | None:
        """The names in the directory `place`; None for a file."""
        if place.inner is not None:
            return place.inner
        if place.kind == "other":
            raise OSError("it is neither a file nor a directory")
        return None

    def identity(self, place: _Node) -> object:
        """What is the same for the same directory."""
        return id(place)

    def read(self, place: _Node) -> bytes:
        """The content of the file `place`."""
        if place.content is not None:
            return place.content
        if place.kind == "sparse":
            raise OSError("it is a file with holes")
        if place.kind == "file" and place.size > self.limits.file:
            raise OSError(over(f"it has more than {self.limits.file:,} bytes", "file"))
        raise OSError("it is not a file")


def _shortened(path: str) -> str:
    return path if len(path) <= _SHOWN else f"{path[:_SHOWN]}…"


def _has_packages(node: _Node) -> bool:
    return node.inner is not None and "packages" in node.inner and node.inner["packages"].inner is not None


def _names(path: str) -> list[str] | None:
    """The names of which `path` in an archive is; None where it leads out."""
    names: list[str] = []
    for name in path.split("/"):
        if name == "..":
            if not names:
                return None
            names.pop()
        elif name not in ("", "."):
            names.append(name)
    return names
