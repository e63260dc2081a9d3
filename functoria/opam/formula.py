"""Evaluating opam's conditions on the system, and formulae over packages."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from attr import field, frozen

from functoria.errors import InvalidValue, InvalidVersion
from functoria.opam import system
from functoria.opam.nodes import And, Conditional, Group, Items, Not, Or, Relation, Value, Word, fold
from functoria.opam.versions import COMPARE, Versions
from functoria.version import Version

_STATE: Mapping[str, str | bool] = {
    "build": True,
    "dev": False,
    "post": True,
    "with-dev-setup": False,
    "with-doc": False,
    "with-test": False,
}
"""The variables that only formulae of dependencies may use."""
_OPAM = "2.2.0"
_INTERPOLATION = re.compile(r"%\{([^%{}?]*)(?:\?([^:{}]*):([^{}]*))?\}%")


@frozen
class Environment:
    """opam's variables, which describe the system to install on. `Environment.host` has those of this machine."""

    variables: Mapping[str, str | bool] = field(factory=dict)

    @classmethod
    def host(cls, changes: Mapping[str, str] | None = None) -> Environment:
        """Return the variables of this machine, with `changes`. opam's version is 2.2.0 unless changed.

        Raises InvalidValue for a name that is not a variable of opam.
        """
        for name in changes or {}:
            if not name or not all(char.isalnum() or char in "-_+" for char in name) or not name.isascii():
                raise InvalidValue(
                    f"{name!r} is not a variable of opam: there are os, arch, opam-version, …", objects=[name]
                )
        return cls({**system.variables(), "opam-version": _OPAM, **(changes or {})})

    def of(self, name: str, version: Version) -> Environment:
        """Return the variables within the opam file of a release."""
        own = {"name": name, "version": version.text, "_:name": name, "_:version": version.text}
        return Environment({**self.variables, **own})

    def installing(self) -> Environment:
        """Return the variables while a package is installed, without its tests and documentation."""
        return Environment({**_STATE, **self.variables})

    def holds(self, condition: Value) -> bool:
        """Return whether `condition` is true. It is not if it depends on a variable without a value."""
        return _truth(self.value(condition)) is True

    def value(self, term: Value) -> str | bool | int | None:
        """Evaluate `term`; None if it depends on a variable without a value, or on a version."""
        return fold(term, self._value)

    def _value(self, term: Value | None, of: Sequence[str | bool | int | None]) -> str | bool | int | None:
        """Return the value of `term`, given those of its parts."""
        match term:
            case Word(name):
                return self.variables.get(name)
            case str():
                return _INTERPOLATION.sub(self._interpolated, term) if "%{" in term else term
            case Not("?", _):
                return of[0] is not None
            case Not():
                found = _truth(of[0])
                return None if found is None else not found
            case Relation(left, sign, _):
                return None if left is None or of[0] is None or of[1] is None else _compare(sign, of[0], of[1])
            case And() | Group() | Items():
                return _decided([_truth(value) for value in of], by=False)
            case Or():
                return _decided([_truth(value) for value in of], by=True)
            case Conditional():
                return of[0]
            case None | int():
                return term

    def _interpolated(self, found: re.Match[str]) -> str:
        name, yes, no = found.groups()
        value = self.variables.get(name)
        if yes is not None:
            return yes if _truth(value) else no
        return "" if value is None else _text(value)

    def meets(self, condition: Value, version: Version | None) -> bool:
        """Return whether `version` of a package meets `condition`; for None, whether some version may. See `met`."""
        return self.met(condition, None if version is None else Versions([version])) != 0

    def met(self, condition: Value, versions: Versions | None) -> int:
        """Return those of `versions` of a package that meet `condition`; for None, 1 if some version may.

        A negation is one of each part, as opam has it. What is not a bound on the version is a filter, with a value whatever
        the version: one that depends on a variable without a value fails, and so does its negation.
        """
        every = 1 if versions is None else versions.all

        def weighed(term: Value | None, of: Sequence[_Weighed]) -> _Weighed:
            value = self._value(term, [part.value for part in of])
            match term:
                case Not("!", _):
                    return _Weighed(value, of[0].fails, of[0].holds)
                case And():
                    return _Weighed(value, _in_all((p.holds for p in of), every), _in_any(p.fails for p in of))
                case Or():
                    return _Weighed(value, _in_any(p.holds for p in of), _in_all((p.fails for p in of), every))
                case Relation(None, sign, _):
                    if versions is None:
                        return _Weighed(value, every, every)
                    bound = of[1].value
                    found = None if bound is None else versions.beside(sign, _text(bound))
                    return _Weighed(value, 0, 0) if found is None else _Weighed(value, found, every ^ found)
            truth = _truth(value)
            return _Weighed(value, every if truth is True else 0, every if truth is False else 0)

        return fold(condition, weighed).holds


class _Weighed(NamedTuple):
    """The value of a term, the versions that meet it, and those that meet its negation."""

    value: str | bool | int | None
    holds: int
    fails: int


def _in_all(sets: Iterable[int], every: int) -> int:
    return reduce(operator.and_, sets, every)


def _in_any(sets: Iterable[int]) -> int:
    return reduce(operator.or_, sets, 0)


def _truth(value: object) -> bool | None:
    """Return the boolean in `value`, as itself or as text; None for other values."""
    return {"true": True, "false": False}.get(_text(value))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decided(values: Sequence[bool | None], *, by: bool) -> bool | None:
    if by in values:
        return by
    return None if None in values else not by


def _compare(sign: str, one: object, two: object) -> bool | None:
    texts = [_text(value) for value in (one, two)]
    compare = COMPARE.get(sign)
    if compare is None:
        return None
    try:
        return compare(Version(texts[0]), Version(texts[1]))
    except InvalidVersion:
        return compare(*texts)


@frozen
class Formula:
    """A formula over packages, as in `depends` and `conflicts`; None if it is empty."""

    value: Value | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The packages that it names, in order."""
        return tuple(dict.fromkeys(name for name, _ in _atoms(self.value)))

    def allows(self, name: str, version: Version, environment: Environment) -> bool:
        """Return whether the formula can hold with `version` of the package `name`, whatever else is installed."""
        return self.allowing(name, Versions([version]), environment) != 0

    def allowing(self, name: str, versions: Versions, environment: Environment) -> int:
        """Return those of `versions` of the package `name` with which the formula can hold, whatever else is installed."""
        found = None if self.value is None else _allowing(self.value, name, versions, environment)
        return versions.all if found is None else found

    def among(self, chosen: Mapping[str, Version], environment: Environment) -> tuple[str, ...]:
        """Return the packages of `chosen`, in these versions, that the formula requires, in order.

        Of alternatives it is each that was chosen.
        """
        found: dict[str, None] = {}
        pending = [self.value]
        while pending:
            match pending.pop():
                case str() as name if name in chosen:
                    found[name] = None
                case Conditional(str() as name, condition) if name in chosen:
                    if condition is None or environment.meets(condition, chosen[name]):
                        found[name] = None
                case Conditional(part, condition) if not isinstance(part, str):
                    if condition is None or environment.meets(condition, None):
                        pending.append(part)
                case And(parts) | Or(parts) | Group(parts) | Items(parts):
                    pending += reversed(parts)
        return tuple(found)

    def hits(self, name: str, version: Version, environment: Environment) -> bool:
        """Return whether an item of the formula, which lists conflicts, matches `version` of the package `name`."""
        return self.hitting(name, Versions([version]), environment) != 0

    def hitting(self, name: str, versions: Versions, environment: Environment) -> int:
        """Return those of `versions` of the package `name` that an item of the formula, which lists conflicts, matches."""
        conditions = (condition for atom, condition in _atoms(self.value) if atom == name)
        return _in_any(versions.all if one is None else environment.met(one, versions) for one in conditions)


def _atoms(value: Value | None) -> Iterator[tuple[str, Value | None]]:
    pending = [value]
    while pending:
        match pending.pop():
            case str() as name:
                yield name, None
            case Conditional(str() as name, condition):
                yield name, condition
            case Conditional(part, _):
                pending.append(part)
            case And(parts) | Or(parts) | Group(parts) | Items(parts):
                pending += reversed(parts)


def _asked(value: Value | None) -> Sequence[Value | None]:
    """Return the formulae in `value`."""
    match value:
        case Conditional(part, _):
            return (part,)
        case And(parts) | Or(parts) | Group(parts) | Items(parts):
            return parts
    return ()


def _allowing(formula: Value, name: str, versions: Versions, environment: Environment) -> int | None:
    """Like `Formula.allowing`, but None for a part that requires nothing and so is not an alternative to another."""

    def allowed(value: Value | None, of: Sequence[int | None]) -> int | None:
        match value:
            case Conditional(part, condition):
                if condition is not None and not environment.met(condition, None):
                    return None
                if part == name and condition is not None:
                    return environment.met(condition, versions)
                return of[0]
            case And() | Group() | Items() | Or():
                asking = [one for one in of if one is not None]
                if not asking:
                    return None
                return _in_any(asking) if isinstance(value, Or) else _in_all(asking, versions.all)
        return versions.all

    return fold(formula, allowed, _asked)
