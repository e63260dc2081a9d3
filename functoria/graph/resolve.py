"""From a term to a graph: every choice resolved, every device once, each after what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from attrs import frozen

from functoria.errors import DependencyCycle
from functoria.graph.graph import Graph, Node
from functoria.graph.survey import Survey, survey
from functoria.impl import AnyImpl, Application, Choice
from functoria.key import Key
from functoria.value import OPEN


@frozen(eq=False)
class Resolution:
    """What a term resolves to."""

    graph: Graph
    undecided: tuple[Key[Any], ...]
    """The keys of the choices left open, in a partial graph."""


def resolve(root: AnyImpl, read: Callable[[Key[Any]], Any], known: Survey | None = None) -> Resolution:
    """The graph of `root`, where `read` gives values of keys; a choice for which it raises Undecided stays.

    `known` is the survey of `root`, where that has been made already.

    Takes time linear in the distinct terms and edges. Raises DependencyCycle where a device needs itself, and
    DeviceError where a device's `deps` fail.
    """
    return _Resolver(read, survey(root) if known is None else known).resolve(root)


class _Needs(NamedTuple):
    """What a term is once choices are made, and the terms that it needs."""

    device: Any
    arguments: tuple[Any, ...]
    deps: tuple[Any, ...]
    branches: tuple[Any, ...]


class _Resolver:
    """All terms here are representatives: where one is known, so is what is inside it."""

    def __init__(self, read: Callable[[Key[Any]], Any], known: Survey) -> None:
        self._read = read
        self._of = known.of
        self._deps = known.deps_of
        self._devices: dict[int, Any] = {}
        self._arguments: dict[int, tuple[Any, ...]] = {}
        self._table: dict[tuple[int, ...], Node] = {}
        self._nodes: list[Node] = []
        self._selected: dict[int, Any] = {}
        self._seen: set[int] = set()
        self._undecided: dict[Key[Any], None] = {}

    def resolve(self, root: AnyImpl) -> Resolution:
        """Depth first, arguments before dependencies before the device itself; `entered` are the terms on the path."""
        node_of: dict[int, Node] = {}
        entered: dict[int, _Needs] = {}
        pending: list[Any] = [self._of[id(root)]]
        while pending:
            term = pending[-1]
            here = id(term)
            if here in node_of:
                pending.pop()
                continue
            needs = entered.pop(here, None)
            if needs is None:
                needs = self._needs(term)
                missing = [need for each in needs[1:] for need in each if id(need) not in node_of]
                if missing:
                    entered[here] = needs
                    if not entered.keys().isdisjoint(map(id, missing)):
                        raise _cycle(entered, missing)
                    pending += missing[::-1]
                    continue
            pending.pop()
            node_of[here] = self._node(term, needs, node_of)
        return Resolution(Graph(tuple(self._nodes)), tuple(self._undecided))

    def _needs(self, term: Any) -> _Needs:
        device, arguments = self._head(term)
        if isinstance(device, Choice):
            return _Needs(device, arguments, (), tuple([self._of[id(branch)] for branch in device.branches]))
        return _Needs(device, arguments, self._deps.get(id(device), ()), ())

    def _head(self, term: Any) -> tuple[Any, tuple[Any, ...]]:
        """What `term` is once choices are made: a device, or a choice left open; and the terms it is applied to."""
        of, devices, arguments = self._of, self._devices, self._arguments
        path: list[Any] = []
        while id(term) not in devices:
            if isinstance(term, Application):
                path.append(term)
                term = of[id(term.functor)]
            elif isinstance(term, Choice) and (chosen := self._choose(term)) is not None:
                path.append(term)
                term = chosen
            else:
                devices[id(term)] = term
        device = devices[id(term)]
        applied = list(arguments.get(id(term), ()))
        for passed in reversed(path):
            if isinstance(passed, Application):
                applied.append(of[id(passed.argument)])
                if passed is not path[0]:
                    continue
            devices[id(passed)] = device
            if applied:
                arguments[id(passed)] = tuple(applied)
        return device, arguments.get(id(path[0] if path else term), ())

    def _choose(self, choice: Choice[*tuple[Any, ...]]) -> Any:
        selector = self._of[id(choice.selector)]
        selected = selector.outcome(self._read, self._selected)
        if selected is OPEN:
            self._undecided.update(dict.fromkeys(selector.undecided(self._read, self._selected, self._seen)))
            return None
        return self._of[id(choice.choose(selected))]

    def _node(self, term: Any, needs: _Needs, node_of: dict[int, Node]) -> Node:
        device, *others = needs
        arguments, deps, branches = (tuple([node_of[id(need)] for need in each]) for each in others)
        key = (id(device), len(arguments), *[node.index for nodes in (arguments, deps, branches) for node in nodes])
        node = self._table.get(key)
        if node is None:
            parts, applied = device._type_parts()
            missing = len(parts) - applied - len(arguments) > 1
            node = self._table[key] = Node(len(self._nodes), device, arguments, deps, missing, term, branches)
            self._nodes.append(node)
        return node


def _cycle(entered: dict[int, _Needs], missing: list[Any]) -> DependencyCycle:
    """The error for a device that needs itself: the last one `entered` needs one of `missing`, which was entered before."""
    again = next(id(need) for need in missing if id(need) in entered)
    path = list(entered)
    devices = [entered[each].device for each in path[path.index(again) :]]
    shown = " → ".join(str(device.module) for device in (*devices, devices[0]))
    return DependencyCycle(
        f"a device needs itself: {shown}", objects=devices, locations=[device.location for device in devices]
    )
