"""Pickling linked objects: each node once, at any depth, keeping what is shared.

`pickle` recurses into what an object holds, so a chain of ten thousand nodes would exhaust its stack. Here the first node
that is pickled brings a `_Crate`: all nodes that it needs, each after those inside it. The crate is written node by node,
and each node holds only nodes that have been written before. Other nodes in the same pickle are found in the crate, so
sharing is preserved.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from functoria.errors import DependencyCycle

if TYPE_CHECKING:
    from functoria.transport import Linked


def packed(node: Linked) -> tuple[Any, ...]:
    """Return what `__reduce__` returns for `node`."""
    return (_unpacked, _written(id(node)) or _Crate(node).place_of(node))


class _Crates(threading.local):
    """The crates being written in this thread, by the identities of their nodes.

    A pickler keeps what it has written alive until it is done, so a crate lives exactly as long as it may be needed.
    """

    def __init__(self) -> None:
        self.of: dict[int, weakref.ref[_Crate]] = {}


_crates = _Crates()


def _written(identity: int) -> tuple[_Crate, int] | None:
    """Return the crate in which the node with this identity has been written, and its index there."""
    reference = _crates.of.get(identity)
    crate = None if reference is None else reference()
    if crate is None:
        return None
    place = crate.places[identity]
    return (crate, place) if place < crate.written else None


def _forget(of: dict[int, Any], places: dict[int, int], reference: Any) -> None:
    for key in places:
        if of.get(key) is reference:
            del of[key]


class _Crate:
    """The nodes that a node needs and that have not been written yet, each after those inside it; the node itself is last."""

    def __init__(self, root: Linked) -> None:
        self.nodes = in_order(root, _written)
        self.places = {id(node): place for place, node in enumerate(self.nodes)}
        self.begun = False
        self.written = 0
        reference: weakref.ref[_Crate] = weakref.ref(self, partial(_forget, _crates.of, self.places))
        _crates.of.update(dict.fromkeys(self.places, reference))

    def place_of(self, node: Linked) -> tuple[_Crate, int]:
        """Return this crate and the index of `node` in it."""
        return (self, self.places[id(node)])

    def __reduce__(self) -> tuple[Any, ...]:
        # Unpickling first makes an empty list for the crate, then each item adds a node to it. If a pickler is already
        # writing this crate, this is another pickler used within it, and gets the nodes written so far.
        count = self.written if self.begun else len(self.nodes)
        self.begun = True
        return (_Unpacking, (), [_Item(self, place, place == count) for place in range(count + 1)])


class _Item:
    """One node of a crate, by its index, or the end of those written so far."""

    __slots__ = ("crate", "end", "place")

    def __init__(self, crate: _Crate, place: int, end: bool) -> None:
        self.crate = crate
        self.place = place
        self.end = end

    def __reduce__(self) -> tuple[Any, ...]:
        self.crate.written = self.place
        if self.end:
            return (int, ())
        make, arguments = self.crate.nodes[self.place]._made_by()
        return (_unpack, (self.crate, make, *arguments))


class _Unpacking(list[Any]):
    """The nodes of a crate that have been read."""

    def __setstate__(self, state: object) -> None:
        """Do nothing: the items added themselves one by one while they were read."""


def _unpack(nodes: _Unpacking, make: Callable[..., Any], *arguments: Any) -> int:
    nodes.append(make(*arguments))
    return 0


def _unpacked(nodes: _Unpacking, place: int) -> Any:
    return nodes[place]


def in_order(root: Linked, done: Callable[[int], object]) -> list[Linked]:
    """Return all that `root` needs, each object after those inside it, and `root` last. Identities in `done` are skipped.

    Raises DependencyCycle.
    """
    order: list[Linked] = []
    passed: set[int] = set()
    entered: dict[int, list[Linked]] = {}  # with what must be passed before
    pending = [root]
    while pending:
        node = pending[-1]
        here = id(node)
        if here in passed:
            pending.pop()
            continue
        inside = entered.get(here)
        if inside is None:
            inside = [each for each in node._links() if id(each) not in passed and not done(id(each))]
            if inside:
                entered[here] = inside
                pending.extend(reversed(inside))
                continue
        elif not all(id(each) in passed for each in inside):
            raise DependencyCycle.within(node)
        pending.pop()
        passed.add(here)
        order.append(node)
    return order
