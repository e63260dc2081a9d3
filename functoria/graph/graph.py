"""The graph of an application: its devices, and what each needs.

To its users it is a directed graph of networkx, and everything in this library walks it. networkx itself is imported only
when one of its algorithms is used, because that import takes longer than configuring a unikernel.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attr import frozen

from functoria.freeze import ReadOnly
from functoria.impl import AnyImpl, Choice
from functoria.term import Shaped

if TYPE_CHECKING:
    import networkx

    _DiGraph: TypeAlias = networkx.DiGraph[int]
else:
    _DiGraph = object


class Role(NamedTuple):
    """The role of one device for another: an `argument`, a `dependency` or, in a partial graph, a `branch`; and its index."""

    kind: str
    position: int


@frozen(eq=False, repr=False)
class Node(Shaped):
    """A device with the arguments it is applied to: one module, and one value, of the program.

    In a partial graph `device` may be a `Choice`, whose alternatives are `branches`. Nodes of two graphs are equal if
    everything that they consist of is equal.
    """

    index: int
    """Its place in the order of initialisation, from 0."""
    device: Any
    arguments: tuple[Node, ...]
    deps: tuple[Node, ...]
    functor: bool
    """Whether arguments are missing: it is a functor, given to another as an argument, and has no value."""
    term: AnyImpl
    """The term of the configuration from which it was resolved."""
    branches: tuple[Node, ...] = ()

    def _shape(self) -> tuple[Hashable, tuple[Shaped, ...]]:
        counts = (len(self.arguments), len(self.deps))
        terms = (self.device, self.term)
        return (self.index, self.functor, counts), (*terms, *self.arguments, *self.deps, *self.branches)

    def _made_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        parts = (self.arguments, self.deps, self.functor, self.term, self.branches)
        return (Node, (self.index, self.device, *parts))

    @property
    def needs(self) -> tuple[tuple[Node, Role], ...]:
        """The nodes it needs, each with its role: arguments first, then dependencies."""
        parts = (("argument", self.arguments), ("dependency", self.deps), ("branch", self.branches))
        return tuple((node, Role(kind, i)) for kind, nodes in parts for i, node in enumerate(nodes))

    @property
    def needed(self) -> tuple[Node, ...]:
        """The nodes it needs, in the same order."""
        return self.arguments + self.deps + self.branches

    @property
    def has_value(self) -> bool:
        """Whether devices that need it receive a value: functors have none, and some devices only have side effects."""
        return not self.functor and (self.undecided or bool(self.device.has_value))

    @property
    def undecided(self) -> bool:
        """Whether it is a choice that a partial plan leaves open."""
        return isinstance(self.device, Choice)

    @property
    def defined(self) -> bool:
        """Whether the main module defines a module for it, because it applies a functor."""
        return bool(self.arguments) or "(" in self.module

    @property
    def module(self) -> str:
        """The module path of the device or functor; for `stanzas`, which have none, their name."""
        return "a choice" if self.undecided else self.device._called or str(self.device.module)

    def __repr__(self) -> str:
        applied = "".join(f"({node.module})" for node in self.arguments)
        return f"<{self.index}: {self.module}{applied}>"


class _Attributes(ReadOnly[str, Any]):
    """Read-only attributes of a node, an edge or a graph."""

    advice = "the graph of a plan is immutable: networkx.DiGraph(plan.graph) is a mutable copy"

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (dict(self),))


class Graph(_DiGraph):  # type: ignore[misc]  # networkx has no annotations of its own
    """The devices of an application, with an edge from each to what it needs: a read-only `networkx.DiGraph`.

    A node is a number, its place in the order of initialisation, and nodes are in that order. Its attributes are `device`,
    `module` and `node`, a `Node`. An edge has the attribute `roles`, a tuple of `Role`, because one device may be both the
    first and the second argument of another. Every function of networkx that does not write to its graph accepts this one,
    `isinstance` takes it for a `networkx.DiGraph`, and `networkx.DiGraph(graph)` is a copy that can be changed. Changing the
    graph itself raises networkx.NetworkXError, or TypeError for an attribute. Graphs are equal if all their nodes are.
    """

    devices: tuple[Node, ...]
    """The nodes, in the order of initialisation; the root is last."""

    def __init__(self, devices: tuple[Node, ...]) -> None:
        self.__dict__["devices"] = devices

    @property
    def root(self) -> Node:
        """The node of the root device, which is last."""
        return self.devices[-1]

    @cached_property
    def _whole(self) -> Any:
        """The same graph as networkx stores it, with read-only attributes."""
        import networkx

        graph: Any = networkx.DiGraph()
        for node in self.devices:
            graph.add_node(node.index, device=node.device, module=node.module, node=node)
            roles: dict[int, tuple[Role, ...]] = {}
            for other, role in node.needs:
                roles[other.index] = (*roles.get(other.index, ()), role)
            graph.add_edges_from((node.index, other, {"roles": each}) for other, each in roles.items())
        graph.graph = _Attributes()
        for index, attributes in graph._node.items():
            graph._node[index] = _Attributes(attributes)
        for one, others in graph._succ.items():
            for other, attributes in others.items():
                graph._succ[one][other] = graph._pred[other][one] = _Attributes(attributes)
        return networkx.freeze(graph)

    if not TYPE_CHECKING:  # Type checkers see networkx's class, with all of its methods.

        @property
        def __class__(self):
            """`networkx.DiGraph`, once networkx has been imported."""
            return getattr(sys.modules.get("networkx"), "DiGraph", Graph)

        def __getattr__(self, name):
            """Look up attributes and methods of DiGraph in networkx's own graph, making that on first use."""
            if name.startswith("__") and name != "__networkx_cache__" and name != "__networkx_backend__":
                raise AttributeError(name)
            return getattr(self._whole, name)

        def __getitem__(self, index):
            return self._whole[index]

        def __setattr__(self, name, value):
            if getattr(self, name, None) is not value:  # networkx.freeze sets it again
                raise AttributeError(f"the graph of a plan is immutable: {name} cannot be set")

        def __delattr__(self, name):
            raise AttributeError(f"the graph of a plan is immutable: {name} cannot be deleted")

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.devices)))

    def __len__(self) -> int:
        return len(self.devices)

    def __contains__(self, index: object) -> bool:
        # Other numbers, such as numpy's, are in networkx's graph if they are equal to a node.
        return 0 <= index < len(self.devices) if isinstance(index, int) else index in self._whole

    def __str__(self) -> str:
        return str(self._whole)

    def __repr__(self) -> str:
        return f"<Graph of {len(self.devices)} devices>"

    def __eq__(self, other: object) -> bool:
        """Whether both graphs have equal nodes in the same order, with equal edges."""
        if type(other) is not Graph:
            return NotImplemented
        return self is other or _Nodes(self.devices) == _Nodes(other.devices)

    def __hash__(self) -> int:
        return hash(self.devices[-1:])

    def __reduce__(self) -> tuple[Any, ...]:
        # The root first, so that all it needs is pickled in one crate.
        return (_graph_of, (self.devices[::-1],))


class _Nodes(Shaped):
    """All nodes as one value, so that shared parts are compared once."""

    __slots__ = ("nodes",)

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes

    def _shape(self) -> tuple[Hashable, tuple[Shaped, ...]]:
        return None, self.nodes


def _graph_of(nodes: tuple[Node, ...]) -> Graph:
    return Graph(nodes[::-1])
