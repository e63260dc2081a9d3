"""Find which cases would take a release of a package, published or not, and which declarations keep it from the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attr import frozen

from functoria.location import Location
from functoria.opam.cases import Case
from functoria.package import Package
from functoria.version import Version


@frozen
class Refusal:
    """A declaration of a package that does not admit a release, or has the package from a source of its own."""

    package: Package
    modules: tuple[str, ...]
    """The modules of the devices that declare it, each once, in order of initialisation."""

    @property
    def location(self) -> Location | None:
        """The line that declares it, where that is known."""
        return self.package.location

    def __str__(self) -> str:
        where = f" at {self.location}" if self.location else ""
        return f"{self.package}{where}, of {', '.join(self.modules)}"


@frozen
class Reach:
    """Whether a release of a package, there or not yet, is one that a case would take."""

    case: Case
    reached: bool
    why: str
    refusals: tuple[Refusal, ...] = ()
    """The declarations that refuse it; empty if it is reached or not required, or there is no plan."""


def reach(audited: Iterable[Case], package: str, version: Version | str) -> list[Reach]:
    """Decide for each case whether it would take `version` of `package`, published or not. Raises InvalidVersion."""
    version = Version.of(version)
    return [_reach(case, package, version) for case in audited]


def _reach(case: Case, name: str, version: Version) -> Reach:
    if case.refused is not None:
        return Reach(case, False, f"it has no plan: {case.refused}")
    package = next((p for p in case.packages if p.name == name), None)
    if package is None:
        return Reach(case, False, f"it does not use {name} itself")
    if package.pin is not None:
        return Reach(case, False, f"{name} is pinned to {package.pin}", tuple(_refusals(case, name, None)))
    if package.bounds.allows(version):
        return Reach(case, True, f"{package} admits it")
    end = "below" if package.min is not None and version < package.min else "above"
    return Reach(case, False, f"it is {end} {package}", tuple(_refusals(case, name, version)))


def _refusals(case: Case, name: str, version: Version | None) -> Iterator[Refusal]:
    """Yield the declarations that do not admit `version`; for None, those that pin the package."""
    found: dict[tuple[Package, Location | None], dict[str, None]] = {}
    for demand in case.demands:
        one = demand.package
        if one.name == name and (one.pin is not None if version is None else not one.bounds.allows(version)):
            found.setdefault((one, one.location), {})[demand.node.module] = None
    for (one, _), modules in found.items():
        yield Refusal(one, tuple(modules))


def reach_to_json(reaches: Sequence[Reach]) -> list[dict[str, Any]]:
    """Convert the results of `reach` to plain data."""
    return [
        {
            **found.case.to_data(),
            "reached": found.reached,
            "why": found.why,
            "refused_by": [
                {
                    **refusal.package.to_data(),
                    "declared_at": None if refusal.location is None else str(refusal.location),
                    "modules": list(refusal.modules),
                }
                for refusal in found.refusals
            ],
        }
        for found in reaches
    ]
