"""Explanations: why a package is in a plan, and what set its bounds. Also plans as plain data."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from attr import frozen

from functoria.graph.graph import Node
from functoria.impl import Application, Choice
from functoria.printable import shown
from functoria.project.state import choices, plain
from functoria.term import walk
from functoria.value import Read, Value

if TYPE_CHECKING:
    from functoria.package import Package
    from functoria.plan.plan import Plan

_LONG = 8
"""The longest path, in devices, that is printed in full."""


class Link(NamedTuple):
    """A choice on the way to a device, linked to the choice above it, so that all devices below share it."""

    selector: Value[Any]
    above: Link | None


class Way(NamedTuple):
    """A shortest path from the root to a device: the previous step, the length, and the first few devices."""

    above: Node | None
    length: int
    first: tuple[Node, ...]


@frozen(eq=False, repr=False)
class Reason:
    """A device that declares a package."""

    package: Package
    """The package as the device declares it."""
    device: Node
    _plan: Plan
    _ways: Mapping[int, Way]
    _choices: Mapping[Any, Link | None]

    @property
    def path(self) -> tuple[Node, ...]:
        """The devices on a shortest path from the root to the device, each needing the next."""
        return self._last(self._ways[self.device.index].length)

    def _last(self, count: int) -> tuple[Node, ...]:
        """The last `count` devices of the path."""
        path: list[Node] = []
        node: Node | None = self.device
        while node is not None and len(path) < count:
            path.append(node)
            node = self._ways[node.index].above
        return tuple(reversed(path))

    @property
    def keys(self) -> tuple[tuple[str, Any], ...]:
        """The keys, with their values, that decided whether the device and the package are in the plan."""
        selectors: list[Value[Any]] = []
        link = self._choices.get(self.device.term)
        while link is not None:
            selectors.append(link.selector)
            link = link.above
        selectors.reverse()
        term: Any = self.device.term
        while isinstance(term, (Application, Choice)):
            if isinstance(term, Choice):
                selectors.append(term.selector)
                term = term.choose(term.selector.evaluate(self._plan.context.read))
            else:
                term = term.functor
        seen: set[int] = set()
        names = {value.key.name: None for each in selectors for value in walk([each], seen) if isinstance(value, Read)}
        packages = self.device.device.packages
        if isinstance(packages, Value):
            names.update({key.name: None for key in packages.keys})
        return tuple((name, self._plan.values[name]) for name in names if name in self._plan.values)

    @property
    def because(self) -> str:
        """The values of these keys as options: `--prng=nocrypto, --net=direct by default, without --fast`; empty without keys."""
        keys = {key.name: key for key in self._plan.keys}
        given, usual, without = list[str](), list[str](), list[str]()
        for name, value in self.keys:
            key = keys[name]
            flag = key.kind in ("flag", "alias")
            if value is None or (flag and value is False):
                without.append(key.options[-1])
                continue
            option = key.options[-1] if flag else f"{key.options[-1]}={key.printed(value)}"
            (given if name in self._plan.context.given or value != key.default else usual).append(option)
        said = [
            *given,
            f"{', '.join(usual)} by default" if usual else "",
            without and f"without {' or '.join(without)}",
        ]
        return ", ".join(shown(each) for each in said if each)

    def through(self) -> str:
        """Return the modules on the path as text; of a long path, those at both ends."""
        way = self._ways[self.device.index]
        modules = [node.module for node in self._last(min(way.length, _LONG))]
        if way.length > _LONG:
            left_out = f"({way.length - _LONG // 2 * 2} more)"
            modules = [*(node.module for node in way.first), left_out, *modules[-(_LONG // 2) :]]
        return " → ".join(modules)

    def __str__(self) -> str:
        when = self.because
        where = f" at {self.package.location}" if self.package.location else ""
        because = f", because {when}" if when else ""
        return shown(f"{self.package} of {self.device.module}{where}, by {self.through()}{because}")


@frozen
class Why:
    """The reasons why a package is in a plan. Its text has a line for each reason and for each bound."""

    package: Package
    """The package, merged from all declarations."""
    reasons: tuple[Reason, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the plan and the name, from which the explanation is made again."""
        return (explain, (self.reasons[0]._plan, self.package.name))

    @property
    def min_from(self) -> tuple[Reason, ...]:
        """The reasons that set the minimum; empty without one."""
        return tuple(r for r in self.reasons if self.package.min is not None and r.package.min == self.package.min)

    @property
    def max_from(self) -> tuple[Reason, ...]:
        """The reasons that set the maximum; empty without one."""
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
        return "\n".join(map(shown, lines))

    def _repr_html_(self) -> str:
        """Return the table of reasons that a notebook shows."""
        from functoria.picture.forms import html_of_why

        return html_of_why(self)


def explain(plan: Plan, name: str) -> Why:
    """Explain why the package `name` is in `plan`. Raises UnknownKey if it is not."""
    merged = plan.package(name)
    ways, choices = _ways(plan), _choices(plan)
    wanted: dict[int, list[Package]] = {}
    for demand in plan.demands:
        if demand.package.name == name:
            wanted.setdefault(id(demand.node.device), []).append(demand.package)
    # A device applied to various arguments declares its packages once, but each application is a reason.
    reasons = (
        Reason(package, node, plan, ways, choices)
        for node in plan.devices
        for package in wanted.get(id(node.device), ())
    )
    return Why(merged, tuple(reasons))


def paths(plan: Plan, nodes: Sequence[Node]) -> list[tuple[Node, ...]]:
    """Return the devices on a shortest path from the root to each of `nodes`; of a long path, those at both ends."""
    ways = _ways(plan) if nodes else {}
    return [_path(ways, node) for node in nodes]


def _path(ways: Mapping[int, Way], node: Node) -> tuple[Node, ...]:
    path: list[Node] = []
    above: Node | None = node
    while above is not None and len(path) < _LONG:
        path.append(above)
        above = ways[above.index].above
    return (*(ways[node.index].first if above is not None else ()), *reversed(path))


def _ways(plan: Plan) -> dict[int, Way]:
    """Return a shortest path from the root for each node."""
    import networkx

    ways = {plan.root.index: Way(None, 1, (plan.root,))}
    for above, index in networkx.bfs_edges(plan.graph, plan.root.index):
        _, length, first = ways[above]
        node = plan.devices[index]
        ways[index] = Way(plan.devices[above], length + 1, (*first, node) if length < _LONG // 2 else first)
    return ways


def _choices(plan: Plan) -> dict[Any, Link | None]:
    """Return the choices on the way to each term that is in the plan."""
    found: dict[Any, Link | None] = {}
    read = plan.context.read
    survey = plan.app.survey
    pending: deque[tuple[int, Link | None]] = deque([(survey.numbers[id(plan.app.root)], None)])
    seen: set[int] = set()
    done: dict[int, Any] = {}
    while pending:
        number, link = pending.popleft()
        if number in seen:
            continue
        seen.add(number)
        term = survey.terms[number]
        found[term] = link
        if isinstance(term, Application):
            pending += [(survey.numbers[id(part)], link) for part in (term.functor, term.argument)]
        elif isinstance(term, Choice):
            chosen = term.choose(term.selector.evaluate(read, done))
            pending.append((survey.numbers[id(chosen)], Link(term.selector, link)))
        else:
            pending += [(dep, link) for dep in survey.deps_of.get(number, ())]
    return found


def to_json(plan: Plan) -> dict[str, Any]:
    """Return `plan` as plain data."""
    return {
        "name": plan.app.title,
        "context": choices(plan),
        "keys": {key.name: plain(plan.values.get(key.name), key.converter) for key in plan.keys},
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
        "packages": [wanted.to_data() for wanted in plan.packages],
        "libraries": list(plan.libraries),
    }
