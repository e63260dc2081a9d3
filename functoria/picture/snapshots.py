"""Snapshots of plans for the combinations of switches that are most likely to be viewed: refusals, code and packages.

The graph of every combination follows from tables. Whether a device refuses it, and the code of each, are results of Python
functions over a whole plan. They are computed for a number of combinations that depends only on the application's size.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, Any

from functoria.errors import FunctoriaError
from functoria.graph.graph import Node
from functoria.impl import Choice
from functoria.plan.switches import Switch
from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.plan.app import App
    from functoria.plan.plan import Plan

_MOST = 96
"""The maximal number of combinations to plan."""
_NODES = 12_000
"""The maximal number of devices in all of these; the first combination is always planned."""

State = tuple[int | None, ...]
"""For each switch the number of its text; None if its key is not given."""


class Snapshots:
    """The plans of `app` for some combinations of `switches`, beginning with the values `given`."""

    def __init__(self, app: App, given: Mapping[str, Any], switches: Sequence[Switch]) -> None:
        self._app = app
        self._given = given
        self._switches = switches
        self._texts: dict[str, int] = {}
        self.first = tuple(0 if each.name in given and each.usual != 0 else None for each in switches)

    def data(self) -> dict[str, Any]:
        """Return the plans as plain data: by the state of the switches, `refused` or the parts of the plan."""
        found: dict[str, Any] = {}
        room = _NODES
        for state in self._states():
            if room <= 0 or len(found) >= _MOST:
                break
            plan = self._plan(state)
            room -= 10 if isinstance(plan, str) else len(plan.devices)
            found[signature(state)] = {"refused": plan} if isinstance(plan, str) else self._of(plan)
        return {"texts": list(self._texts), "plans": found}

    def _states(self) -> Iterator[State]:
        """Yield the first state, then those that differ in one switch; then in two, three and so on of those that decide choices.

        Those that differ in others too follow, the fewest changes first. The switches that decide the most come first, always.
        """
        first = self.first
        decided = self._decided()
        order = sorted(range(len(first)), key=lambda number: -decided[self._switches[number].name])
        decides = [number for number in order if decided[self._switches[number].name]]
        yield first
        seen = {first}
        amounts = range(2, len(first) + 1)
        ways = chain(
            combinations(order, 1),
            chain.from_iterable(combinations(decides, amount) for amount in amounts),
            chain.from_iterable(combinations(order, amount) for amount in amounts),
        )
        for changed in ways:
            for choices in product(*(self._choices(number) for number in changed)):
                state = list(first)
                for number, choice in zip(changed, choices, strict=True):
                    state[number] = choice
                if tuple(state) not in seen:
                    seen.add(tuple(state))
                    yield tuple(state)

    def _decided(self) -> Counter[str]:
        """Return how many choices each key decides, by its name."""
        survey = self._app.survey
        found = Counter(key.name for key in survey.deciding)
        choices = (term for term in survey.terms if isinstance(term, Choice))
        found.update(name for choice in choices for name in {key.name for key in choice.selector.keys})
        return found

    def _choices(self, number: int) -> Sequence[int | None]:
        switch = self._switches[number]
        return (None, *(place for place in range(len(switch.texts)) if place != switch.usual))

    def _plan(self, state: State) -> Plan | str:
        context: dict[str, Any] = {}
        for switch, choice, before in zip(self._switches, state, self.first, strict=True):
            if choice is not None:
                context[switch.name] = self._given[switch.name] if choice == before == 0 else switch.texts[choice]
        try:
            with warnings.catch_warnings(action="ignore"):
                plan = self._app.plan(context)
                _ = plan.packages, plan.contents  # these may fail too
            return plan
        except FunctoriaError as error:
            return shown(error.message)

    def _of(self, plan: Plan) -> dict[str, Any]:
        codes: dict[int, list[str]] = {}
        main = f"{plan.root.device.executable(plan.info)}.ml"
        file = next((file for name, file in plan.contents.items() if name.rpartition("/")[2] == main), None)
        for text, source in () if file is None else file.pieces:
            if isinstance(source, Node):
                codes.setdefault(source.index, []).append(text.strip("\n"))
        return {
            "codes": [self._text("\n\n".join(codes.get(node.index, ()))) for node in plan.devices],
            "packages": [
                [
                    self._text(package.name),
                    self._text(shown(package)),
                    None if package.min is None else self._text(package.min.text),
                    None if package.max is None else self._text(package.max.text),
                ]
                for package in plan.packages
            ],
            "libraries": [self._text(shown(library)) for library in plan.libraries],
        }

    def _text(self, text: str) -> int:
        return self._texts.setdefault(text, len(self._texts))


def signature(state: State) -> str:
    """Return `state` as text, by which it is looked up in a page."""
    return ",".join("" if choice is None else str(choice) for choice in state)
