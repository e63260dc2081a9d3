"""What opam files ask for, weighed: conditions on the system, and formulae over packages."""

from __future__ import annotations

import operator
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from functoria.errors import InvalidValue, InvalidVersion
from functoria.opamfile import And, Conditional, Group, Items, Not, Or, Relation, Value, Word
from functoria.version import Version

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_STATE: Mapping[str, str | bool] = {
    "build": True,
    "dev": False,
    "pinned": False,
    "post": True,
    "with-dev-setup": False,
    "with-doc": False,
    "with-test": False,
}
_HOST: Mapping[str, str | bool] = {
    "os": {"linux": "linux", "darwin": "macos"}.get(sys.platform, sys.platform),
    "os-distribution": {"linux": "debian", "darwin": "homebrew"}.get(sys.platform, sys.platform),
    "os-family": {"linux": "debian", "darwin": "homebrew"}.get(sys.platform, sys.platform),
    "arch": {"aarch64": "arm64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine()),
    "opam-version": "2.2.0",
}


@frozen
class Environment:
    """opam's variables: the system that packages are installed on. `Environment.host` has those of this machine."""

    variables: Mapping[str, str | bool] = field(factory=dict)

    @classmethod
    def host(cls, changes: Mapping[str, str] | None = None) -> Environment:
        """This machine, as far as Python knows it, with `changes`; the version of opam counts as 2.2.0 unless changed.

        Raises InvalidValue for a name that opam has not for a variable.
        """
        for name in changes or {}:
            if not name or not all(char.isalnum() or char in "-_+" for char in name) or not name.isascii():
                raise InvalidValue(
                    f"{name!r} is no variable of opam: there are os, arch, opam-version, …", objects=[name]
                )
        return cls({**_HOST, **_STATE, **(changes or {})})

    def of(self, name: str, version: Version) -> Environment:
        """The same, within the opam file of a release."""
        own = {"name": name, "version": version.text, "_:name": name, "_:version": version.text}
        return Environment({**self.variables, **own})

    def holds(self, condition: Value) -> bool:
        """Whether `condition` is true. One that depends on a variable without a value is not."""
        return self.value(condition) is True

    def value(self, term: Value, version: Version | None = None) -> str | bool | int | None:
        """The value of `term`; None where it depends on a variable that has none.

        A comparison without a left side compares `version`; without that, it holds.
        """
        match term:
            case Word(name):
                return self.variables.get(name)
            case Not("?", part):
                return self.value(part, version) is not None
            case Not(_, part):
                found = self.value(part, version)
                return None if found is None else not _true(found)
            case Relation(left, sign, right):
                if left is None and version is None:
                    return True
                one = version.text if left is None and version is not None else self.value(left or "", version)
                two = self.value(right, version)
                return None if one is None or two is None else _compare(sign, one, two)
            case And(parts) | Group(parts) | Items(parts):
                return _all([self.value(part, version) for part in parts])
            case Or(parts):
                negated = _all([_opposite(self.value(part, version)) for part in parts])
                return _opposite(negated)
            case Conditional(part, _):
                return self.value(part, version)
        return term


def _true(value: object) -> bool:
    return value is True or value == "true"


def _opposite(value: str | bool | int | None) -> bool | None:
    return None if value is None else not _true(value)


def _all(values: list[Any]) -> bool | None:
    if any(value is not None and not _true(value) for value in values):
        return False
    return None if None in values else True


def _compare(sign: str, one: object, two: object) -> bool | None:
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in (one, two)]
    compare = _COMPARE.get(sign)
    if compare is None:
        return None
    try:
        return compare(Version(texts[0]), Version(texts[1]))
    except InvalidVersion:
        return compare(*texts)


@frozen
class Formula:
    """A formula over packages, as `depends` and `conflicts` have it; None for an empty one."""

    value: Value | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The packages that it speaks of, in order of mention."""
        return tuple(dict.fromkeys(name for name, _ in _atoms(self.value)))

    def allows(self, name: str, version: Version, environment: Environment) -> bool:
        """Whether the formula can hold beside `version` of the package `name`, whatever else is installed."""
        return self.value is None or _allows(self.value, name, version, environment)

    def hits(self, name: str, version: Version, environment: Environment) -> bool:
        """Whether an item of the formula, which is a list of conflicts, speaks of `version` of the package `name`."""
        return any(
            atom == name and (condition is None or environment.value(condition, version) is True)
            for atom, condition in _atoms(self.value)
        )


def _atoms(value: Value | None) -> Iterator[tuple[str, Value | None]]:
    match value:
        case str():
            yield value, None
        case Conditional(str() as name, condition):
            yield name, condition
        case Conditional(part, _):
            yield from _atoms(part)
        case And(parts) | Or(parts) | Group(parts) | Items(parts):
            for part in parts:
                yield from _atoms(part)
        case _:
            return


def _allows(value: Value, name: str, version: Version, environment: Environment) -> bool:
    match value:
        case Conditional(part, condition):
            # A condition that fails, whatever the version, leaves the dependency out.
            if condition is None or environment.value(condition) is not True:
                return condition is not None or _allows(part, name, version, environment)
            if isinstance(part, str):
                return part != name or environment.value(condition, version) is True
            return _allows(part, name, version, environment)
        case And(parts) | Group(parts) | Items(parts):
            return all(_allows(part, name, version, environment) for part in parts)
        case Or(parts):
            return any(_allows(part, name, version, environment) for part in parts)
    return True
