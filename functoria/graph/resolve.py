"""From a term to a graph: every choice resolved, every device once, each after what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen

from functoria.errors import DependencyCycle
from functoria.graph.graph import Graph, Node
from functoria.graph.hooks import deps_of
from functoria.impl import AnyImpl, Application, Choice
from functoria.key import Key
from functoria.term import Interner
from functoria.value import OPEN


@frozen(eq=False)
class Resolution:
    """What a term resolves to."""

    graph: Graph
    undecided: tuple[Key[Any], ...]
    """The keys of the choices left open, in a partial graph."""


def resolve(root: AnyImpl, read: Callable[[Key[Any]], Any], known: Interner | None = None) -> Resolution:
    """The graph of `root`, where `read` gives values of keys; a choice for which it raises Undecided stays.

    `known` has representatives of the terms inside, where these have been looked for already.

    Takes time linear in the distinct terms and edges. Raises DependencyCycle where a device needs itself, and
    DeviceError where a device's `deps` fail.
    """
    return _Resolver(read, known).resolve(root)


class _Resolver:
    def __init__(self, read: Callable[[Key[Any]], Any], known: Interner | None) -> None:
        self._read = read
        self._intern = Interner(known)
        self._heads: dict[int, tuple[Any, tuple[AnyImpl, ...]]] = {}
        self._deps: dict[int, tuple[AnyImpl, ...]] = {}
        self._table: dict[tuple[int, ...], Node] = {}
        self._nodes: list[Node] = []
        self._selected: dict[int, Any] = {}
        self._seen: set[int] = set()
        self._undecided: dict[Key[Any], None] = {}

    def resolve(self, root: AnyImpl) -> Resolution:
        """Depth first, arguments before dependencies before the device itself; `entered` are the terms on the path."""
        of: dict[int, Node] = {}
        entered: dict[int, AnyImpl] = {}
        pending: list[Any] = [self._intern(root)]
        while pending:
            term = pending[-1]
            if id(term) in of:
                pending.pop()
                continue
            device, arguments, deps, branches = self._parts(term)
            needs = (*arguments, *deps, *branches)
            if id(term) not in entered:
                entered[id(term)] = term
                missing = [need for need in needs if id(need) not in of]
                for need in missing:
                    if id(need) in entered:
                        path = list(entered.values())
                        first = next(i for i, passed in enumerate(path) if passed is need)
                        raise _cycle([self._head(passed)[0] for passed in path[first:]])
                if missing:
                    pending.extend(reversed(missing))
                    continue
            pending.pop()
            del entered[id(term)]
            of[id(term)] = self._node(term, device, arguments, deps, branches, of)
        return Resolution(Graph(tuple(self._nodes)), tuple(self._undecided))

    def _parts(self, term: Any) -> tuple[Any, tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
        device, arguments = self._head(term)
        if isinstance(device, Choice):
            return device, arguments, (), tuple(self._intern(branch) for branch in device.branches)
        if id(device) not in self._deps:
            self._deps[id(device)] = tuple(self._intern(dep) for dep in deps_of(device))  # type: ignore[misc]  # Impl in, Impl out
        return device, arguments, self._deps[id(device)], ()

    def _head(self, term: Any) -> tuple[Any, tuple[AnyImpl, ...]]:
        """What `term` is once choices are made: a device, or a choice left open; and the terms it is applied to."""
        path: list[Any] = []
        heads = self._heads
        while id(term) not in heads:
            path.append(term)
            if isinstance(term, Application):
                term = self._intern(term.functor)
            elif isinstance(term, Choice) and (chosen := self._choose(term)) is not None:
                term = chosen
            else:
                heads[id(term)] = (term, ())
                path.pop()
        device, arguments = heads[id(term)]
        applied = list(arguments)
        for passed in reversed(path):
            if isinstance(passed, Application):
                applied.append(self._intern(passed.argument))  # type: ignore[arg-type]  # Impl in, Impl out
                if passed is not path[0]:
                    continue
            heads[id(passed)] = (device, tuple(applied))
        return heads[id(path[0])] if path else (device, arguments)

    def _choose(self, choice: Choice[*tuple[Any, ...]]) -> Any:
        selected = choice.selector.outcome(self._read, self._selected)
        if selected is OPEN:
            found = choice.selector.undecided(self._read, self._selected, self._seen)
            self._undecided.update(dict.fromkeys(found))
            return None
        return self._intern(choice.choose(selected))

    def _node(self, term: Any, device: Any, arguments: Any, deps: Any, branches: Any, of: dict[int, Node]) -> Node:
        inside = [of[id(a)] for a in arguments], [of[id(d)] for d in deps], [of[id(b)] for b in branches]
        key = (id(device), len(inside[0]), *(node.index for nodes in inside for node in nodes))
        node = self._table.get(key)
        if node is None:
            missing = len(device._type_parts()[0]) - device._type_parts()[1] - len(arguments) > 1
            args, ds, bs = (tuple(nodes) for nodes in inside)
            node = Node(len(self._nodes), device, args, ds, missing, term, bs)
            self._table[key] = node
            self._nodes.append(node)
        return node


def _cycle(devices: list[Any]) -> DependencyCycle:
    path = " → ".join(str(device.module) for device in (*devices, devices[0]))
    return DependencyCycle(
        f"a device needs itself: {path}", objects=devices, locations=[device.location for device in devices]
    )
