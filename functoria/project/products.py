"""The products of a build: `_build`, and the files that dune promotes from there."""

from __future__ import annotations

import contextlib
import os
import stat
import warnings
from collections.abc import Iterator, Sequence

from functoria.errors import WriteError
from functoria.printable import shown
from functoria.project.state import State
from functoria.project.tree import LARGEST, Tree

BUILD = "_build"
"""dune's build directory."""
_DUNE = ("log", ".db", ".digest-db")
"""Files in it of which dune makes at least one."""
_CHUNK = 1 << 20
_HEAD = 1 << 13


def found(tree: Tree, products: Sequence[str], *, claimed: State | None = None, force: bool = False) -> list[str]:
    """Return which of a plan's `products` the build made: those with an identical copy in `_build`, and `_build` itself.

    A product whose name depends on choices of the state file `claimed` is not one if it is text, as configurations and
    sources are. Warns of products that are left alone. With `force` those that merely differ from their copy are included.
    """
    built = _is_dune(tree)
    there = [name for name in dict.fromkeys(products) if _is_file(tree, name)]
    credible = [name for name in there if claimed is None or not claimed.names(name) or not _is_text(tree, name)]
    same = [name for name in credible if built and any(_same(tree, name, other) for other in _copies(tree, name))]
    going = credible if force else same
    left = [name for name in there if name not in going]
    if left:
        warnings.warn(
            shown(
                f"{', '.join(left)}: left as {'it is' if len(left) == 1 else 'they are'}, because {BUILD} has nothing like "
                "that; remove what is not needed"
            ),
            stacklevel=4,
        )
    return [*going, BUILD] if built else going


def remove(tree: Tree, names: Sequence[str]) -> None:
    """Remove what the build made. Raises WriteError for what cannot be removed."""
    for name in names:
        try:
            if name == BUILD:
                tree.remove_below(name)
            else:
                tree.remove(name)
                tree.prune(name)
        except OSError as error:
            place = error.filename if isinstance(error.filename, str) else name
            raise WriteError(
                f"cannot remove {tree.path / name}: {place}: {error.strerror or error}; clean again once that is fixed",
                objects=[tree.path, name],
            ) from error


def _is_dune(tree: Tree) -> bool:
    """Return whether dune made `_build`."""
    return any(_is_file(tree, f"{BUILD}/{name}") for name in _DUNE)


def _is_file(tree: Tree, name: str) -> bool:
    found = tree.lstat(name)
    return found is not None and stat.S_ISREG(found.st_mode)


def _is_text(tree: Tree, name: str) -> bool:
    """Return whether a file looks like text by its beginning. Programs, objects and images do not."""
    with tree.reading(name) as handle:
        return b"\0" not in os.read(handle, _HEAD)


def _copies(tree: Tree, name: str) -> Iterator[str]:
    """Return the copies of the file `name` in dune's contexts."""
    for context in tree.names(BUILD):
        if _is_file(tree, f"{BUILD}/{context}/{name}"):
            yield f"{BUILD}/{context}/{name}"


def _same(tree: Tree, one: str, two: str) -> bool:
    """Return whether two files, which may be large, are identical."""
    with contextlib.suppress(OSError), tree.reading(one) as first, tree.reading(two) as second:
        if os.fstat(first).st_size != os.fstat(second).st_size or _is_hollow(first):
            return False
        while True:
            chunk = os.read(first, _CHUNK)
            if chunk != _exactly(second, len(chunk)):
                return False
            if not chunk:
                return True
    return False


def _is_hollow(handle: int) -> bool:
    """Return whether a file is large and has more holes than content, so that reading it could take hours."""
    found = os.fstat(handle)
    return found.st_size > LARGEST and getattr(found, "st_blocks", found.st_size) * 512 < found.st_size // 2


def _exactly(handle: int, size: int) -> bytes:
    """Read `size` bytes, or all up to the end of the file."""
    parts = []
    while size and (part := os.read(handle, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
