"""What building leaves in a project: `_build`, and files beside the sources that dune copies out of it."""

from __future__ import annotations

import contextlib
import os
import stat
import warnings
from collections.abc import Iterator, Sequence

from functoria.errors import WriteError
from functoria.printable import shown
from functoria.project.tree import Tree

BUILD = "_build"
"""dune's directory."""
_DUNE = ("log", ".db", ".digest-db")
"""Files of which dune makes at least one there."""
_CHUNK = 1 << 20


def found(tree: Tree, products: Sequence[str], *, force: bool = False) -> list[str]:
    """What building made, of the `products` that a plan has: those that `_build` has alike, and `_build` itself.

    Warns of others, which are left unless `force`.
    """
    built = _is_dune(tree)
    there = [name for name in dict.fromkeys(products) if _is_file(tree, name)]
    same = [name for name in there if built and any(_same(tree, name, other) for other in _copies(tree, name))]
    left = [name for name in there if name not in same]
    if force:
        same, left = there, []
    if left:
        warnings.warn(
            shown(
                f"{', '.join(left)}: left, for {BUILD} has nothing like it; remove what is not needed, or use --force"
            ),
            stacklevel=4,
        )
    return [*same, BUILD] if built else same


def remove(tree: Tree, names: Sequence[str]) -> None:
    """Remove what building made. Raises WriteError for what cannot be removed."""
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
                f"cannot remove {tree.path / name}: {place}: {error.strerror or error}; when that is mended, clean again",
                objects=[tree.path, name],
            ) from error


def _is_dune(tree: Tree) -> bool:
    """Whether `_build` is a directory of dune's."""
    return any(_is_file(tree, f"{BUILD}/{name}") for name in _DUNE)


def _is_file(tree: Tree, name: str) -> bool:
    found = tree.lstat(name)
    return found is not None and stat.S_ISREG(found.st_mode)


def _copies(tree: Tree, name: str) -> Iterator[str]:
    """Where dune may have made the file `name`: in one of its contexts."""
    for context in tree.names(BUILD):
        if _is_file(tree, f"{BUILD}/{context}/{name}"):
            yield f"{BUILD}/{context}/{name}"


def _same(tree: Tree, one: str, two: str) -> bool:
    """Whether two files, which may be large, hold the same."""
    with contextlib.suppress(OSError), tree.reading(one) as first, tree.reading(two) as second:
        if os.fstat(first).st_size != os.fstat(second).st_size:
            return False
        while True:
            chunk = os.read(first, _CHUNK)
            if chunk != _exactly(second, len(chunk)):
                return False
            if not chunk:
                return True
    return False


def _exactly(handle: int, size: int) -> bytes:
    """The next `size` bytes, or those that there are."""
    parts = []
    while size and (part := os.read(handle, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
