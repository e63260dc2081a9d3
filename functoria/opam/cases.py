"""Cases: configurations with choices, and the packages that each requires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attr import evolve, field, frozen

from functoria.errors import FunctoriaError, Unsupported
from functoria.package import Package

if TYPE_CHECKING:
    from functoria.plan.app import App
    from functoria.plan.plan import Demand


@frozen
class Case:
    """A configuration with choices, and the packages that it requires."""

    configuration: str
    choices: tuple[tuple[str, str], ...] = ()
    packages: tuple[Package, ...] = ()
    refused: str | None = None
    """Why it has no plan with these choices; None where it has one."""
    broken: bool = False
    """Whether it has no plan for another reason than that its devices do not support the choices."""
    demands: tuple[Demand, ...] = field(default=(), eq=False, repr=False)
    """Each declaration of a package, with the device that makes it."""

    def __str__(self) -> str:
        return " ".join([self.configuration, *(f"{name}={value}" for name, value in self.choices)])

    def to_data(self) -> dict[str, Any]:
        """Return the identity of the case as plain data."""
        return {"configuration": self.configuration, "choices": dict(self.choices), "refused": self.refused}


def cases(
    configuration: str,
    app: App,
    key: str | None = None,
    values: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
) -> Iterator[Case]:
    """Plan `app` with each of `values` for its key of this name, and with the choices of `more`.

    With no values it is each that the key has, where they are a few (`Converter.alternatives`); with no such key, or one
    that `more` has a value for, there is one case.
    """
    variants = app.keys_by_name.get(key or "", ())
    contexts: list[dict[str, str]] = []
    if variants and key not in (more or {}):
        contexts = [{variants[0].name: value} for value in values or variants[0].converter.alternatives]
    for context in contexts or [{}]:
        choices = {**context, **(more or {})}
        case = Case(configuration, tuple(choices.items()))
        try:
            plan = app.plan(choices)
            yield evolve(case, packages=plan.packages, demands=tuple(plan.demands))
        except FunctoriaError as error:
            yield evolve(case, refused=error.message, broken=not isinstance(error, Unsupported))
