"""Questions across a fleet: which cases accept a release, which packages all of them need, and what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from attr import frozen

from functoria.bounds import Bounds
from functoria.fleet.outline import Outline
from functoria.fleet.result import Result
from functoria.fleet.table import Table
from functoria.misspelling import few
from functoria.package import Package
from functoria.plan.compare import Digest, Edit, Wanted, compare

Planned = Result[Outline]
_ABSENT = "not in the fleet"
_FIRST = 3
"""The maximal number of cases to name that set an end of the bounds."""


# Which cases accept a release


def release(results: Iterable[Planned], package: str, version: str) -> Table:
    """Return which cases accept `version` of `package`, which need not exist yet, and which declarations refuse it.

    Needs the extra `functoria[audit]`. Raises InvalidVersion.
    """
    from functoria.fleet.audits import case_of
    from functoria.opam.reach import reach

    found = reach((case_of(result, package) for result in results), package, version)
    return Table.of(
        ("case", "reached", "why", "refused_by"),
        ([str(each.case), each.reached, each.why, [str(refusal) for refusal in each.refusals]] for each in found),
    )


# Which packages the cases need


@frozen
class Shared:
    """A package that cases of a fleet need, with the versions that all of them accept."""

    name: str
    bounds: Bounds
    """The intersection of all cases' bounds. Pins have none."""
    cases: int
    """The number of cases that need it."""
    pins: tuple[str, ...]
    min_from: tuple[str, ...]
    """The cases with the highest minimum."""
    max_from: tuple[str, ...]
    """The cases with the lowest upper bound."""

    @property
    def emptied_by(self) -> tuple[str, ...]:
        """The cases that set the ends of an empty intersection; none if it is not empty."""
        return tuple(dict.fromkeys([*self.min_from, *self.max_from])) if self.bounds.empty else ()

    @property
    def conflict(self) -> tuple[str, ...]:
        """The two bounds that make the intersection empty, each with the first cases that set it; empty text if it is not."""
        if not self.bounds.empty:
            return ()
        ends = (f">= {self.bounds.min}", self.min_from), (f"< {self.bounds.max}", self.max_from)
        return tuple(f"{end} by {_first(cases)}" for end, cases in ends)


def _first(cases: Sequence[str]) -> str:
    more = f" and {len(cases) - _FIRST} more" if len(cases) > _FIRST else ""
    return ", ".join(cases[:_FIRST]) + more


def shared(results: Iterable[Planned]) -> list[Shared]:
    """Return the packages that planned cases need, each once, sorted by name."""
    asked: dict[str, dict[Package, list[str]]] = {}
    for result in results:
        for package in () if result.value is None else result.value.packages:
            asked.setdefault(package.name, {}).setdefault(package, []).append(str(result.case))
    return [_shared(name, asked[name]) for name in sorted(asked)]


def _shared(name: str, asked: Mapping[Package, Sequence[str]]) -> Shared:
    bounded = [package for package in asked if package.pin is None]
    least = max((package.min for package in bounded if package.min is not None), default=None)
    most = min((package.max for package in bounded if package.max is not None), default=None)
    return Shared(
        name,
        Bounds(least, most),
        sum(map(len, asked.values())),
        tuple(sorted({package.pin for package in asked if package.pin is not None})),
        tuple(case for package in bounded if least is not None and package.min == least for case in asked[package]),
        tuple(case for package in bounded if most is not None and package.max == most for case in asked[package]),
    )


def packages(results: Iterable[Planned]) -> Table:
    """Return a table of all packages with the intersection of their bounds and, if that is empty, the conflict."""
    return Table.of(
        ("package", "bounds", "cases", "pins", "emptied_by"),
        (
            [
                each.name,
                "nothing" if each.bounds.empty else str(each.bounds),
                each.cases,
                list(each.pins),
                list(each.conflict),
            ]
            for each in shared(results)
        ),
    )


# What differs


@frozen
class Difference:
    """A difference between two results of the same case: an edit, or the reason why they cannot be compared."""

    case: str
    edit: Edit | None
    before: str
    after: str

    @property
    def kind(self) -> Literal["add", "remove", "change"]:
        """Whether something is added, removed or changed: the case itself, if there is no edit."""
        if self.edit is not None:
            return self.edit.kind
        return "add" if self.before == _ABSENT else "remove" if self.after == _ABSENT else "change"


def differences(before: Iterable[Planned], after: Iterable[Planned]) -> list[Difference]:
    """Compare two fleets, or revisions of one: packages, their bounds, libraries and scopes, devices and keys of each case.

    Cases are the same if their labels and choices are. A case that only one fleet has differs as a whole.
    """
    one, two = ({str(each.case): each for each in results} for results in (before, after))
    return [found for name in dict.fromkeys([*one, *two]) for found in _between(name, one.get(name), two.get(name))]


def between(results: Iterable[Planned], key: str, one: str, two: str) -> list[Difference]:
    """Compare two values of `key`, such as two targets, in each configuration with the same other choices."""
    sides: tuple[dict[str, Planned], dict[str, Planned]] = ({}, {})
    for result in results:
        said = dict(result.case.texts())
        value = said.pop(key, None)
        name = " ".join([result.case.label, *(f"{name}={text}" for name, text in said.items())])
        for side, wanted in zip(sides, (one, two), strict=True):
            if value == wanted:
                side[name] = result
    return [
        found
        for name in dict.fromkeys([*sides[0], *sides[1]])
        for found in _between(name, sides[0].get(name), sides[1].get(name))
    ]


def _between(name: str, one: Planned | None, two: Planned | None) -> Iterator[Difference]:
    if one is None or two is None or one.value is None or two.value is None:
        said = (_state(one), _state(two))
        if said[0] != said[1]:
            yield Difference(name, None, *said)
        return
    for edit in compare(digest(one.value), digest(two.value)):
        yield Difference(name, edit, edit.before or "", edit.after or "")


def _state(result: Planned | None) -> str:
    if result is None:
        return _ABSENT
    return "planned" if result.error is None else f"{result.outcome}: {result.error.message}"


def digest(outline: Outline) -> Digest:
    """Return what `functoria.plan.compare` compares, except for files."""
    devices = Counter(
        (module, f"({rest}" if rest else "") for module, _, rest in (d.partition("(") for d in outline.devices)
    )
    return Digest(outline.keys, devices, {each.name: Wanted.of(each) for each in outline.packages}, {})


def table_of(found: Iterable[Difference]) -> Table:
    """Return differences as a table."""
    return Table.of(
        ("case", "kind", "what", "name", "before", "after"),
        (
            [
                each.case,
                each.kind,
                "case" if each.edit is None else each.edit.what,
                each.case if each.edit is None else each.edit.name,
                each.before,
                each.after,
            ]
            for each in found
        ),
    )


# The outcomes of all cases


def outcomes(results: Iterable[Result[Any]]) -> Table:
    """Return a table of the cases and their outcomes."""
    return Table.of(("case", "outcome", "seconds", "kept", "why"), ([*row_of(result)] for result in results))


def row_of(result: Result[Any]) -> tuple[Any, ...]:
    """Return the row of a result in `outcomes`."""
    return str(result.case), result.outcome, round(result.seconds, 3), result.kept, why(result)


def why(result: Result[Any]) -> str:
    """Return why a case is not done; empty if it is."""
    if result.error is not None:
        return result.error.message
    breaks: Sequence[str] = getattr(result.value, "breaks", ())
    return few(breaks) if breaks else ""


def counts(outcomes: Iterable[str]) -> str:
    """Return the number of cases by outcome: `8 done, 2 failed`."""
    found = Counter(outcomes)
    return ", ".join(f"{count} {name}" for name, count in found.items()) or "no case"
