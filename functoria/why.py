"""Answers: why a package is there, what set its bounds, and a plan as plain data."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from attrs import frozen

from functoria.device import deps_of
from functoria.graph import Node
from functoria.impl import Application, Choice
from functoria.state import plain
from functoria.value import Value

if TYPE_CHECKING:
    from functoria.package import Package
    from functoria.plan import Demand, Plan


@frozen
class Reason:
    """One device that brings a package."""

    package: Package
    """The package as that device declares it."""
    device: Node
    path: tuple[Node, ...]
    """The devices from the root to that device, each needing the next."""
    keys: tuple[tuple[str, Any], ...]
    """The keys, with their values, that decided that the device, or the package, is there at all."""

    def __str__(self) -> str:
        through = " → ".join(node.module for node in self.path)
        when = ", ".join(f"{name}={_shown(value)}" for name, value in self.keys)
        where = f" at {self.package.location}" if self.package.location else ""
        return f"{self.package} of {self.device.module}{where}, by {through}" + (f", because {when}" if when else "")


@frozen
class Why:
    """Why a package is in a plan. Printed, it is a line for each reason, and one for each bound."""

    package: Package
    """The package as all devices together want it."""
    reasons: tuple[Reason, ...]

    @property
    def min_from(self) -> tuple[Reason, ...]:
        """The reasons that set the minimum; none where it is open."""
        return tuple(r for r in self.reasons if self.package.min is not None and r.package.min == self.package.min)

    @property
    def max_from(self) -> tuple[Reason, ...]:
        """The reasons that set the maximum; none where it is open."""
        return tuple(r for r in self.reasons if self.package.max is not None and r.package.max == self.package.max)

    def __str__(self) -> str:
        lines = [str(self.package), *(f"  {reason}" for reason in self.reasons)]
        for end, bound, reasons in (
            (">=", self.package.min, self.min_from),
            ("<", self.package.max, self.max_from),
        ):
            if bound is not None:
                lines.append(f"  {end} {bound} is set by {', '.join(dict.fromkeys(r.device.module for r in reasons))}")
        if self.package.pin is not None:
            lines.append(f"  pinned to {self.package.pin}")
        return "\n".join(lines)


def explain(plan: Plan, name: str) -> Why:
    """Why the package `name` is in `plan`. Raises UnknownKey where it is not."""
    merged = plan.package(name)
    parents = _parents(plan)
    choices = _choices(plan)
    return Why(
        merged,
        tuple(_reason(plan, demand, parents, choices) for demand in plan.demands if demand.package.name == name),
    )


def _parents(plan: Plan) -> dict[int, Node]:
    """For each node one that needs it, on a shortest way to the root."""
    parents: dict[int, Node] = {}
    level = [plan.root]
    while level:
        below: list[Node] = []
        for node in level:
            for need, _ in node.needs:
                if need.index not in parents:
                    parents[need.index] = node
                    below.append(need)
        level = below
    return parents


def _choices(plan: Plan) -> dict[Any, dict[str, None]]:
    """For each device, the names of the keys by whose choices it was reached: what it takes to be in the plan."""
    found: dict[Any, dict[str, None]] = {}
    read = plan.context.read
    pending: deque[tuple[Any, dict[str, None]]] = deque([(plan.app.root, {})])
    seen: set[int] = set()
    while pending:
        term, keys = pending.popleft()
        if id(term) in seen:
            continue
        seen.add(id(term))
        if isinstance(term, Application):
            pending += [(term.functor, keys), (term.argument, keys)]
        elif isinstance(term, Choice):
            more = {**keys, **{key.name: None for key in term.selector.keys}}
            pending.append((term.choose(term.selector.evaluate(read)), more))
        else:
            found.setdefault(term, keys)
            pending += [(dep, keys) for dep in deps_of(term)]
    return found


def _reason(plan: Plan, demand: Demand, parents: dict[int, Node], choices: dict[Any, dict[str, None]]) -> Reason:
    path = [demand.node]
    while path[-1].index != plan.root.index:
        path.append(parents[path[-1].index])
    names: dict[str, None] = {}
    for node in reversed(path):
        names.update(choices.get(node.device, {}))
    packages = demand.node.device.packages
    if isinstance(packages, Value):
        names.update({key.name: None for key in packages.keys})
    keys = tuple((name, plan.values[name]) for name in names if name in plan.values)
    return Reason(demand.package, demand.node, tuple(reversed(path)), keys)


def _shown(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def to_json(plan: Plan) -> dict[str, Any]:
    """`plan` as plain data."""
    return {
        "name": plan.app.title,
        "context": {name: plain(value) for name, value in sorted(plan.context.given.items())},
        "keys": {key.name: plain(plan.values.get(key.name)) for key in plan.keys},
        "devices": [
            {
                "module": node.module,
                "arguments": [argument.index for argument in node.arguments],
                "deps": [dep.index for dep in node.deps],
            }
            for node in plan.devices
        ],
        "undecided": [key.name for key in plan.undecided],
        **({} if plan.undecided else _decided(plan)),
    }


def _decided(plan: Plan) -> dict[str, Any]:
    return {
        "packages": [
            {
                "name": wanted.name,
                "min": None if wanted.min is None else str(wanted.min),
                "max": None if wanted.max is None else str(wanted.max),
                "build": wanted.build,
                "pin": wanted.pin,
                "libraries": list(wanted.libraries),
            }
            for wanted in plan.packages
        ],
        "libraries": list(plan.libraries),
    }
