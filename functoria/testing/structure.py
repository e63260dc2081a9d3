"""Invariants of a plan's graph and packages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from functoria.device import Device
from functoria.graph.graph import Node, Role
from functoria.package import Package
from functoria.plan.plan import Plan
from functoria.testing.violation import broken
from functoria.value import Value
from functoria.version import Version


def acyclic(plan: Plan) -> None:
    """Check that the graph is acyclic with one root, devices follow what they need, and arguments count from 0 without gaps."""
    import networkx

    graph = plan.graph
    if not networkx.is_directed_acyclic_graph(graph):
        broken(plan, f"the graph has a cycle: {networkx.find_cycle(graph)}")
    roots = [index for index, users in graph.in_degree() if not users]
    if roots != [plan.root.index]:
        broken(plan, f"the roots of the graph are {roots}, but should be {[plan.root.index]} alone", *roots)
    for place, node in enumerate(plan.devices):
        if node.index != place:
            broken(plan, f"{node!r} is number {node.index}, but stands at place {place}", node)
        _counted(plan, node)
    _joined(plan)


def _counted(plan: Plan, node: Node) -> None:
    found: dict[str, list[int]] = {}
    for _, other, data in plan.graph.out_edges(node.index, data=True):
        if other >= node.index:
            broken(plan, f"{node!r} is initialised before {plan.devices[other]!r}, which it needs", node)
        for role in data["roles"]:
            found.setdefault(role.kind, []).append(role.position)
    for kind, positions in found.items():
        if sorted(positions) != list(range(len(positions))):
            broken(plan, f"{node!r} has the {kind}s number {sorted(positions)}: there is a gap", node)


def _joined(plan: Plan) -> None:
    """Check that the edges are exactly the needs of the devices."""
    if sorted(plan.graph.nodes) != list(range(len(plan.devices))):
        broken(plan, f"the graph has the nodes {sorted(plan.graph.nodes)} for {len(plan.devices)} devices")
    for node in plan.devices:
        wanted: dict[int, list[Role]] = {}
        for need, role in node.needs:
            wanted.setdefault(need.index, []).append(role)
        found = {other: sorted(data["roles"]) for _, other, data in plan.graph.out_edges(node.index, data=True)}
        if found != {other: sorted(roles) for other, roles in wanted.items()}:
            broken(plan, f"the graph has the edges {found} of {node!r}, which needs {wanted}", node)


def resolved(plan: Plan) -> None:
    """Check that no choice is open: each node is a device, with all its arguments unless it is itself an argument."""
    if plan.undecided:
        broken(plan, f"{', '.join(key.name for key in plan.undecided)} undecided: complete the plan", *plan.undecided)
    for node in plan.devices:
        if not isinstance(node.device, Device):
            broken(plan, f"{node!r} is not a device but {node.device!r}", node)
        missing = len(node.device.type.parameters) - len(node.arguments)
        if missing < 0 or (missing > 0) != node.functor:
            broken(plan, f"{node!r} has {len(node.arguments)} arguments for {node.device.type}", node)
        roles = [role for _, _, data in plan.graph.in_edges(node.index, data=True) for role in data["roles"]]
        if node.functor and {role.kind for role in roles} != {"argument"}:
            broken(plan, f"{node!r} is a functor, which is not an argument, and has no value", node)
    _joined(plan)


def bounded(plan: Plan) -> None:
    """Check that the packages are those declared by devices and the application, merged.

    Bounds admit at least the highest declared minimum. Libraries are those of all declarations. A package is a build
    package only if all declarations say so. A pin is the only declared one. The libraries to link are those of all packages
    that are not build packages.
    """
    declared = _declared(plan)
    names = [package.name for package in plan.packages]
    if names != sorted(declared):
        odd = sorted(set(names) ^ set(declared)) or names
        broken(plan, f"the packages are {', '.join(names)}, but {', '.join(sorted(declared))} are declared", *odd)
    for package in plan.packages:
        parts = declared[package.name]
        what = f"what {len(parts)} declarations have in common"
        pins = {one.pin for one in parts if one.pin is not None}
        if pins != ({package.pin} - {None}):
            broken(
                plan,
                f"{package.name} is pinned to {package.pin}, but {', '.join(pins) or 'none'} is asked for",
                package,
            )
        if package.bounds.empty:
            broken(plan, f"{package} admits nothing", package)
        low = max((one.min for one in parts if one.min is not None), default=None)
        high = min((one.max for one in parts if one.max is not None), default=None)
        if (package.min, package.max) != ((None, None) if pins else (low, high)):
            broken(plan, f"{package} is not {what}", package, *parts)
        if {*_texts([package])} - {*_texts(parts)}:
            broken(plan, f"{package} has bounds that none of {len(parts)} declarations writes so", package, *parts)
        if package.build != all(one.build for one in parts):
            broken(
                plan, f"{package} is {'' if package.build else 'not '}for building only, unlike {what}", package, *parts
            )
        found, libraries = set(package.libraries), {library for one in parts for library in one.libraries}
        if found != libraries:
            broken(plan, f"{package} has the libraries {sorted(found)}, but {sorted(libraries)} are declared", package)
    linked = {library for p in plan.packages if not p.build for library in p.libraries}
    if plan.libraries != tuple(sorted(linked)):
        broken(plan, f"the libraries are {plan.libraries}, but those of the packages {sorted(linked)}")


def _declared(plan: Plan) -> dict[str, list[Package]]:
    """Return the packages that the devices, including the root, declare in this context, by name."""
    found: dict[str, list[Package]] = {}
    for device in {id(node.device): node.device for node in plan.devices}.values():
        declared: Any = device.packages
        if isinstance(declared, Value):
            declared = declared.evaluate(plan.context.read)
        for package in declared:
            found.setdefault(package.name, []).append(package)
    return found


def _texts(packages: Iterable[Package]) -> list[tuple[str, str]]:
    ends: list[tuple[str, Version | None]] = [end for p in packages for end in (("min", p.min), ("max", p.max))]
    return [(which, str(end)) for which, end in ends if end is not None]
