"""Diagrams: the content of a picture of a plan, independent of the language that it is drawn in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from functoria.impl import AnyImpl, Choice
from functoria.picture.cases import said
from functoria.picture.labels import Named, fields_of, notes
from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.graph.graph import Graph, Node
    from functoria.plan.plan import Plan

Kind = Literal["application", "own", "device", "functor", "choice"]
"""The application itself, a module of the user's, a device, a functor without its arguments, or a choice that is open."""
Role = Literal["argument", "dependency", "branch"]
ROLES: tuple[Role, ...] = ("argument", "dependency", "branch")


class Box(NamedTuple):
    """A node: its number in the graph, its kind, its module, and a note that distinguishes it from others."""

    number: int
    kind: Kind
    title: str
    note: str


class Line(NamedTuple):
    """An edge: the numbers of both ends, the second's role for the first, and its number among those of that role.

    `label` says when a choice takes a branch.
    """

    source: int
    target: int
    role: Role
    label: str


class Diagram(NamedTuple):
    """A picture of a plan: a box for each node of the graph, in its order, and the lines between."""

    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def diagram(plan: Plan) -> Diagram:
    """Make the diagram of `plan`, which may be partial. All texts are printable, and one line each."""
    return Diagram(shown(plan.app.title), boxes(plan.graph, plan.app.title), lines(plan.graph))


def boxes(graph: Graph, title: str) -> tuple[Box, ...]:
    """Return a box for each node of `graph`, whose root is the application `title`."""
    fields: dict[int, Any] = {}
    named = [
        Named(
            shown(node.module) if node is not graph.root else "",
            fields[id(node.device)]
            if id(node.device) in fields
            else fields.setdefault(id(node.device), fields_of(node.device)),
            [need.index for need in node.needed],
        )
        for node in graph.devices
    ]
    found = notes(named)
    made = []
    for node, each, note in zip(graph.devices, named, found, strict=True):
        if node is graph.root and not node.undecided:
            made.append(Box(node.index, "application", shown(title), shown(node.module)))
        elif isinstance(node.device, Choice):
            made.append(Box(node.index, "choice", by(node.device), ""))
        else:
            made.append(Box(node.index, _kind(node), each.module, note))
    return tuple(made)


def _kind(node: Node) -> Kind:
    if node.functor:
        return "functor"
    return "own" if node.device.own_source else "device"


def by(choice: AnyImpl) -> str:
    """Return a title that names what decides `choice`."""
    assert isinstance(choice, Choice)
    names = ", ".join(key.name for key in choice.selector.keys)
    return shown(f"by {names}" if names else "a choice")


def lines(graph: Graph) -> tuple[Line, ...]:
    """Return the edges of `graph`, one for each role that a node has for another."""
    found: dict[Line, None] = {}
    for node in graph.devices:
        cases = said(node.device) if isinstance(node.device, Choice) else ()
        for other, (role, place) in node.needs:
            label = cases[place] if cases else ""
            found[Line(node.index, other.index, role, label)] = None  # type: ignore[arg-type]  # one of the three
    return tuple(found)
