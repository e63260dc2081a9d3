"""The subject of a question about a plan: a package, a device, a key or an option, and the keys that it depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from functoria.device import Device
from functoria.errors import FunctoriaError
from functoria.graph.hooks import attribute, items_of
from functoria.impl import Application, Choice
from functoria.package import Package
from functoria.term import walk
from functoria.value import Case, Lift, Read, Value

if TYPE_CHECKING:
    from functoria.plan.app import App
    from functoria.plan.plan import Plan

Kind = Literal["package", "device", "key", "option"]


class Subject(NamedTuple):
    """A package, a device, a key, or an option of the unikernel that is not of a key, by name.

    A device has the name of its module or class.
    """

    kind: Kind
    name: str

    def there(self, plan: Plan) -> bool:
        """Return whether `plan` has it."""
        if self.kind == "package":
            return any(demand.package.name == self.name for demand in plan.demands)
        if self.kind == "key":
            return any(key.name == self.name for key in plan.keys)
        if self.kind == "option":
            return any(self.declared_by(plan.app, node.device) for node in plan.devices)
        return any(self._is(node.device) for node in plan.devices if node is not plan.root)

    def keys(self, app: App) -> dict[str, bool]:
        """Return the names of the keys that decide whether a plan of `app` has it, provided the plan is not refused.

        Each has whether the key is only compared with constants. `target` is the first, then come keys from the root down.
        """
        survey = app.survey
        users: dict[int, list[int]] = {}
        pending: list[int] = []
        for number, term in enumerate(survey.terms):
            for part in _parts(app, number, term):
                users.setdefault(part, []).append(number)
            if isinstance(term, Device) and self._may_bring(app, term):
                pending.append(number)
        above: set[int] = set()
        while pending:
            number = pending.pop()
            if number not in above:
                above.add(number)
                pending += users.get(number, ())
        values = list(self._values(app, above))
        compared = _compared(values)
        for alias in app.keys:
            if any(key.name in compared for key, _ in alias.sets):
                compared.setdefault(alias.name, True)
        return dict(sorted(compared.items(), key=lambda pair: pair[0] != "target"))

    def _values(self, app: App, above: set[int]) -> Iterator[Value[Any]]:
        """Yield the values that decide the choices among the terms `above`, from the root down, and the packages there."""
        order = dict.fromkeys(above & {app.survey.numbers[id(app.root)]})
        ordered = list(order)
        for number in ordered:  # grows during the iteration
            term = app.survey.terms[number]
            if isinstance(term, Choice):
                yield term.selector
            elif isinstance(term, Device) and self.kind not in ("device", "option") and self._may_bring(app, term):
                packages = _packages(term)
                if isinstance(packages, Value):
                    yield packages
            for part in _parts(app, number, term):
                if part in above and part not in order:
                    order[part] = None
                    ordered.append(part)

    def declared_by(self, app: App, device: Any) -> bool:
        """Return whether `device` declares the option."""
        return f"--{self.name}" in app.root.late_options([device])

    def _is(self, device: Any) -> bool:
        return self.name in (attribute(device, "module"), type(device).__name__)

    def _may_bring(self, app: App, device: Any) -> bool:
        """Return whether `device` brings it, perhaps only for some values of keys."""
        try:
            packages = _packages(device)
            if self.kind == "device":
                return self._is(device)
            if self.kind == "option":
                return self.declared_by(app, device)
            if self.kind == "key":
                keys = [*app.survey.keys_of(device), *getattr(packages, "keys", ())]
                return any(key.name == self.name or any(to.name == self.name for to, _ in key.sets) for key in keys)
            if isinstance(packages, Value):
                return True
            return any(each.name == self.name for each in items_of(device, "packages", packages, Package))
        except FunctoriaError:
            return True


def _packages(device: Any) -> Any:
    try:
        return attribute(device, "packages")
    except FunctoriaError:
        return ()


def _parts(app: App, number: int, term: Any) -> Iterable[int]:
    """Return the numbers of the terms that may be in a plan because `term` is."""
    numbers = app.survey.numbers
    if isinstance(term, Application):
        return [numbers[id(term.functor)], numbers[id(term.argument)]]
    if isinstance(term, Choice):
        return [numbers[id(branch)] for branch in term.branches]
    return app.survey.deps_of.get(number, ())


def _compared(values: Sequence[Value[Any]]) -> dict[str, bool]:
    """Return the names of the keys that `values` depend on, each with whether it is only compared with constants."""
    found: dict[str, bool] = {}
    for term in walk(values):
        if isinstance(term, Read):
            found.setdefault(term.key.name, True)
        elif isinstance(term, Lift) and not term.comparison:
            found.update({part.key.name: False for part in term.arguments if isinstance(part, Read)})
        elif isinstance(term, Case):
            branches = [branch for _, branch in term.cases] + [term.default]
            found.update({branch.key.name: False for branch in branches if isinstance(branch, Read)})
    return found
