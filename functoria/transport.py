"""How what is linked without end travels: pickled in steps, each node once, however deep it is and whatever it shares.

`pickle` goes into what an object holds before it is done with the object, so that a chain of ten thousand would exhaust
its stack. Here the first node of a chain that is pickled brings a `_Crate`: the nodes that it needs, each after those
inside it. The crate is written node by node, and what a node holds is then always a node that was written before. Other
nodes that are pickled along with it find theirs in the crate, so that what was shared still is.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import partial
from typing import Any, Self

from functoria.errors import DependencyCycle
from functoria.layout import is_record, layout_of


class Linked:
    """Something that may hold others of its kind to any depth. A subclass says which, and how it is made anew."""

    __slots__ = ()

    def _links(self) -> Iterable[Linked]:
        """The linked objects that this one is made of."""
        raise NotImplementedError

    def _made_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """A function, and what makes of it an object equal to this one."""
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpacked, _written(id(self)) or _Crate(self).place_of(self))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


def linked(values: Iterable[Any]) -> list[Linked]:
    """The linked objects in `values`, and in the tuples, mappings, sets and records among these."""
    found: list[Linked] = []
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, Linked):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            pending.extend(value)
        elif isinstance(value, Set):
            pending.extend(sorted(unordered(value), key=repr))
        elif isinstance(value, Mapping):
            pending.extend(value.keys())
            pending.extend(value.values())
        elif is_record(kind := type(value)) and not getattr(kind, "equal_is_alike", False):
            layout = layout_of(kind)
            pending.extend(layout.everything(value, layout.view(value)).values())
    return found


def unordered(items: Set[Any]) -> Iterator[Any]:
    """`items` as Python has them, also of a set that is gone through in an order which takes long to find."""
    return frozenset.__iter__(items) if isinstance(items, frozenset) else iter(items)


def declared(self: Any) -> dict[str, Any]:
    """The fields of an attrs object, without what its cached properties keep: the `__getstate__` of a class that has these."""
    return {field.name: getattr(self, field.name) for field in self.__attrs_attrs__}


class _Crates(threading.local):
    """The crates that are being written in this thread, by the identities of the nodes in them.

    A pickler keeps what it has written until it is done. So a crate is there just as long as nodes may be looked for in it.
    """

    def __init__(self) -> None:
        self.of: dict[int, weakref.ref[_Crate]] = {}


_crates = _Crates()


def _written(identity: int) -> tuple[_Crate, int] | None:
    """The crate that the node with this identity has been written in, and its place there."""
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
    """The nodes that a node needs and that are not written yet, each after those inside it; the node itself last."""

    def __init__(self, root: Linked) -> None:
        self.nodes = in_order(root, _written)
        self.places = {id(node): place for place, node in enumerate(self.nodes)}
        self.begun = False
        self.written = 0
        reference: weakref.ref[_Crate] = weakref.ref(self, partial(_forget, _crates.of, self.places))
        _crates.of.update(dict.fromkeys(self.places, reference))

    def place_of(self, node: Linked) -> tuple[_Crate, int]:
        """This crate, and where `node` is in it."""
        return (self, self.places[id(node)])

    def __reduce__(self) -> tuple[Any, ...]:
        # The list that stands for the crate is made first, empty; then each item, as it is read, adds a node to it. Where
        # one pickler is in the midst of it, this is another, which is used within: it gets what is written so far.
        count = self.written if self.begun else len(self.nodes)
        self.begun = True
        return (_Unpacking, (), [_Item(self, place, place == count) for place in range(count + 1)])


class _Item:
    """One node of a crate, by its place there; or the end, when all up to that place are written."""

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
        """Nothing is left to do: the items of the state were added one by one while they were read."""


def _unpack(nodes: _Unpacking, make: Callable[..., Any], *arguments: Any) -> int:
    nodes.append(make(*arguments))
    return 0


def _unpacked(nodes: _Unpacking, place: int) -> Any:
    return nodes[place]


def in_order(root: Linked, done: Callable[[int], object]) -> list[Linked]:
    """`root`, last, and what it needs, each after what is inside it; but not that of whose identity `done` holds.

    Raises DependencyCycle.
    """
    order: list[Linked] = []
    passed: set[int] = set()
    entered: set[int] = set()
    pending = [root]
    while pending:
        node = pending[-1]
        if id(node) in passed or (node is not root and done(id(node))):
            pending.pop()
            continue
        inside = [each for each in node._links() if id(each) not in passed and not done(id(each))]
        if inside and id(node) in entered:
            raise within_itself(node)
        entered.add(id(node))
        if inside:
            pending.extend(reversed(inside))
        else:
            pending.pop()
            passed.add(id(node))
            order.append(node)
    return order


def within_itself(node: Any) -> DependencyCycle:
    """The error for a `node` that is made of itself."""
    return DependencyCycle(
        f"a {type(node).__name__} is made of itself: its __init__ puts it into a field of its own",
        objects=[node],
        locations=[getattr(node, "location", None)],
    )
