"""Resolving a term to a graph: choices are made, equal devices become one node, and each follows what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from functoria.errors import DependencyCycle
from functoria.graph.graph import Graph, Node
from functoria.graph.survey import Survey
from functoria.impl import AnyImpl, Application, Choice
from functoria.key import Key
from functoria.value import OPEN


class Resolution(NamedTuple):
    """The result of resolving a term."""

    graph: Graph
    undecided: tuple[Key[Any], ...]
    """The keys of the choices left open, in a partial graph."""


def resolve(root: AnyImpl, read: Callable[[Key[Any]], Any], known: Survey | None = None) -> Resolution:
    """Resolve `root`, with `read` giving the values of keys. Choices for which it raises Undecided remain in the graph.

    `known` is the survey of `root`, if it has been made already. Takes time linear in the distinct terms and edges.
    Raises DependencyCycle if a device needs itself, and DeviceError if a device's `deps` fail.
    """
    return _Resolver(read, Survey(root) if known is None else known).resolve(root)


class _Needs(NamedTuple):
    """A term with its choices made, and the terms it needs. Terms are given by their numbers in the survey."""

    device: int
    arguments: tuple[int, ...]
    deps: tuple[int, ...]
    branches: tuple[int, ...]


class _Resolver:
    def __init__(self, read: Callable[[Key[Any]], Any], known: Survey) -> None:
        self._read = read
        self._known = known
        self._devices: dict[int, int] = {}
        self._arguments: dict[int, tuple[int, ...]] = {}
        self._table: dict[tuple[int, ...], Node] = {}
        self._nodes: list[Node] = []
        self._selected: dict[int, Any] = {}
        self._seen: set[int] = set()
        self._undecided: dict[Key[Any], None] = {}

    def resolve(self, root: AnyImpl) -> Resolution:
        """Walk depth first: arguments, dependencies, then the device itself. `entered` are the terms on the path."""
        node_of: dict[int, Node] = {}
        entered: dict[int, _Needs] = {}
        pending = [self._known.numbers[id(root)]]
        while pending:
            term = pending[-1]
            if term in node_of:
                pending.pop()
                continue
            needs = entered.pop(term, None)
            if needs is None:
                needs = self._needs(term)
                _, arguments, deps, branches = needs
                missing = [need for need in (*arguments, *deps, *branches) if need not in node_of]
                if missing:
                    entered[term] = needs
                    if not entered.keys().isdisjoint(missing):
                        raise self._cycle(entered, missing)
                    pending += missing[::-1]
                    continue
            pending.pop()
            node_of[term] = self._node(term, needs, node_of)
        return Resolution(Graph(tuple(self._nodes)), tuple(self._undecided))

    def _needs(self, term: int) -> _Needs:
        device, arguments = self._head(term)
        head = self._known.terms[device]
        if isinstance(head, Choice):
            return _Needs(device, arguments, (), tuple([self._known.numbers[id(branch)] for branch in head.branches]))
        return _Needs(device, arguments, self._known.deps_of.get(device, ()), ())

    def _head(self, number: int) -> tuple[int, tuple[int, ...]]:
        """Return the device, or open choice, that a term is once choices are made, and the terms it is applied to."""
        terms, numbers, devices = self._known.terms, self._known.numbers, self._devices
        path: list[int] = []
        while number not in devices:
            term = terms[number]
            if isinstance(term, Application):
                path.append(number)
                number = numbers[id(term.functor)]
            elif isinstance(term, Choice) and (chosen := self._choose(term)) is not None:
                path.append(number)
                number = numbers[id(chosen)]
            else:
                devices[number] = number
        device, arguments = devices[number], self._arguments.get(number, ())
        applied = list(arguments)
        for passed in reversed(path):
            term = terms[passed]
            if isinstance(term, Application):
                applied.append(numbers[id(term.argument)])
                if passed != path[0]:
                    continue
            devices[passed] = device
            if applied:
                self._arguments[passed] = tuple(applied)
        return device, tuple(applied)

    def _choose(self, choice: Choice[*tuple[Any, ...]]) -> Any:
        selector = self._known.term(choice.selector)
        selected = selector.outcome(self._read, self._selected)
        if selected is OPEN:
            self._undecided.update(dict.fromkeys(selector.undecided(self._read, self._selected, self._seen)))
            return None
        return choice.choose(selected)

    def _node(self, term: int, needs: _Needs, node_of: dict[int, Node]) -> Node:
        number, *others = needs
        arguments, deps, branches = (tuple([node_of[need] for need in each]) for each in others)
        key = (number, len(arguments), *[node.index for nodes in (arguments, deps, branches) for node in nodes])
        node = self._table.get(key)
        if node is None:
            terms = self._known.terms
            device = terms[number]
            parts, applied = device._type_parts()
            missing = len(parts) - applied - len(arguments) > 1
            node = Node(len(self._nodes), device, arguments, deps, missing, terms[term], branches)
            self._table[key] = node
            self._nodes.append(node)
        return node

    def _cycle(self, entered: dict[int, _Needs], missing: list[int]) -> DependencyCycle:
        """Return the error for a cycle: the last term `entered` needs one of `missing` that was entered before."""
        again = next(need for need in missing if need in entered)
        path = list(entered)
        devices = [self._known.terms[entered[each].device] for each in path[path.index(again) :]]
        shown = " → ".join(str(device.module) for device in (*devices, devices[0]))
        return DependencyCycle(
            f"a device needs itself: {shown}: remove one of these from the deps of another",
            objects=devices,
            locations=[device.location for device in devices],
        )
