"""An application as tables, from which a page computes the graph for any values of its keys, exactly as in a plan.

The tables are of terms, before any choice is made: devices with what they need, applications of functors, choices with the branch
for each outcome of their value, and the values themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functoria.device import Device
from functoria.errors import FunctoriaError
from functoria.graph.hooks import attribute, items_of
from functoria.impl import Application, Choice
from functoria.key import Key
from functoria.package import Package
from functoria.picture.cases import said
from functoria.picture.diagram import by
from functoria.picture.labels import fields_of
from functoria.picture.outcomes import Outcomes, TooMany
from functoria.picture.places import place_in
from functoria.plan.switches import Failed, Switch, aliases, distinct, outcomes, switches
from functoria.printable import shown
from functoria.value import Value

if TYPE_CHECKING:
    from functoria.plan.app import App


class Tables:
    """The tables of `app`, with a switch for each name of a key. `given` are the values that the switches have at first."""

    def __init__(self, app: App, given: Mapping[str, Any]) -> None:
        self.app = app
        locked: set[str] = set()
        while True:
            self.switches = switches(app, given, locked)
            try:
                self._fill()
                return
            except TooMany as error:
                more = {key.name for key in error.value.keys} - locked
                if not more:
                    raise
                locked |= more

    def _fill(self) -> None:
        self.variants = {key: number for number, key in enumerate(self.app.keys)}
        readings = {
            key: (self.variants[key], outcomes(self.app, switch, key))
            for switch in self.switches
            for key in switch.variants
        }
        self._values = Outcomes(readings)
        self._packages: dict[Package, int] = {}
        self.devices: list[dict[str, Any]] = []
        self.terms: list[Any] = []
        numbers: dict[int, int] = {}
        survey = self.app.survey
        pending = [survey.numbers[id(self.app.root)]]
        numbers[pending[0]] = 0
        order = list(pending)

        def numbered(term: int) -> int:
            if term not in numbers:
                numbers[term] = len(numbers)
                order.append(term)
            return numbers[term]

        for term in order:  # grows during the iteration
            thing = survey.terms[term]
            if isinstance(thing, Application):
                parts = [numbered(survey.numbers[id(part)]) for part in (thing.functor, thing.argument)]
                self.terms.append({"apply": parts, "at": place_in(self.app, thing.location)})
            elif isinstance(thing, Choice):
                self.terms.append(self._choice(thing, numbered))
            else:
                deps = [numbered(dep) for dep in survey.deps_of.get(term, ())]
                found = {"device": len(self.devices), "deps": deps, "arity": _arity(thing)}
                self.terms.append({**found, "at": place_in(self.app, thing.location)})
                self.devices.append(self._device(thing))

    def _choice(self, choice: Any, numbered: Any) -> dict[str, Any]:
        survey = self.app.survey
        value = self._values.number(survey.term(choice.selector))
        branches = [numbered(survey.numbers[id(branch)]) for branch in choice.branches]
        picks = []
        for outcome in self._values.of[value]:
            chosen = choice.default if isinstance(outcome, Failed) else choice.choose(outcome)
            picks.append(branches[next(n for n, branch in enumerate(choice.branches) if branch is chosen)])
        return {
            "choice": by(choice),
            "keys": [self.variants[key] for key in choice.selector.keys],
            "value": value,
            "picks": picks,
            "branches": branches,
            "cases": list(said(choice)),
            "arity": _arity(choice),
            "at": place_in(self.app, choice.location),
        }

    def _device(self, device: Any) -> dict[str, Any]:
        """Return the data of `device`, or the reason why no plan can contain it."""
        assert isinstance(device, Device)
        said = (type(device).__doc__ or "").strip().partition("\n\n")[0]
        packages: Any = []
        try:
            packages = self._brought(device)
            return {
                "packages": packages,
                "module": shown(attribute(device, "module")),
                "own": bool(attribute(device, "own_source")),
                "fields": [list(pair) for pair in fields_of(device)],
                "keys": [self.variants[key] for key in self.app.survey.keys_of(device)],
                "doc": shown(" ".join(said.split())),
                "type": shown(device.type),
            }
        except FunctoriaError as error:
            return {
                "refused": shown(error.message),
                "module": "",
                "own": False,
                "fields": [],
                "keys": [],
                "packages": [],
            }

    def _brought(self, device: Any) -> Any:
        """Return the numbers of the packages of `device`; of a value a list of them, or a refusal, for each outcome."""
        packages = attribute(device, "packages")
        if not isinstance(packages, Value):
            return self._wanted(device, packages)
        value = self._values.number(packages)
        lists: list[Any] = []
        for outcome in self._values.of[value]:
            try:
                lists.append([] if isinstance(outcome, Failed) else self._wanted(device, outcome))
            except FunctoriaError as error:
                lists.append(shown(error.message))
        return {"value": value, "lists": lists}

    def _wanted(self, device: Any, packages: Any) -> list[int]:
        wanted = items_of(device, "packages", packages, Package)
        return [self._packages.setdefault(each, len(self._packages)) for each in wanted]

    def states(self, given: Mapping[str, Any]) -> list[int | None]:
        """Return for each switch the number of the `given` text; None if its key is not given."""
        return [0 if switch.name in given and switch.texts else None for switch in self.switches]

    def data(self) -> dict[str, Any]:
        """Return all tables as plain data."""
        names = {switch.name: number for number, switch in enumerate(self.switches)}
        survey = self.app.survey
        return {
            "title": shown(self.app.title),
            "terms": self.terms,
            "devices": self.devices,
            "values": self._values.steps,
            "packages": [_package(self.app, each) for each in self._packages],
            "switches": [self._switch(each, names) for each in self.switches],
            "variants": [_variant(key, names[key.name]) for key in self.variants],
            "deciding": [self.variants[key] for key in survey.deciding],
            "sets": [
                [self.variants[key], [self.variants[each] for each, _ in key.sets if each in survey.brought]]
                for key in self.variants
                if key.sets
            ],
        }

    def _switch(self, switch: Switch, names: Mapping[str, int]) -> dict[str, Any]:
        key = switch.variants[0]
        setting = aliases(self.app, switch.name)
        return {
            "name": switch.name,
            "section": shown(key.docs),
            "doc": shown(" ".join(key.doc.split())),
            "options": [shown(option) for option in key.options],
            "texts": list(switch.texts),
            "usual": switch.usual,
            "aliases": [names[alias.name] for alias, _ in setting],
            "values": distinct([value for _, value in setting]),
            "implied": [shown(key.printed(value)) for _, value in setting],
            "flag": key.kind in ("flag", "alias"),
            "alias": key.kind == "alias",
            "late": not key.configurable,
        }


def _arity(impl: Any) -> int:
    parts, applied = impl._type_parts()
    return int(len(parts) - 1 - applied)


def _package(app: App, package: Package) -> dict[str, Any]:
    return {
        "name": package.name,
        "text": shown(package),
        "min": None if package.min is None else package.min.text,
        "max": None if package.max is None else package.max.text,
        "at": place_in(app, package.location),
    }


def _variant(key: Key[Any], switch: int) -> dict[str, Any]:
    default = "" if key.default is None else shown(key.printed(key.default))
    return {"switch": switch, "default": default, "required": key.kind == "required", "stage": key.stage}
