"""Version bounds: an interval of versions, from a minimum that is admitted to a maximum that is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from attr import field, frozen

from functoria.errors import InvalidVersion
from functoria.record import Record
from functoria.version import Version, _successor

if TYPE_CHECKING:
    from packaging.specifiers import Specifier

_RELEASE = frozenset("0123456789.")
_SPELLINGS = {">=": "min", "<": "max"}


def _version(version: Version | str | None) -> Version | None:
    return None if version is None else Version.of(version)


@frozen(eq=False, repr=False)
class Bounds(Record):
    """The versions from `min`, inclusive, to `max`, exclusive. None leaves an end open.

    An intersection may admit nothing. Such bounds are `empty`; a package with empty bounds is an error.
    """

    min: Version | None = field(default=None, converter=_version)
    max: Version | None = field(default=None, converter=_version)

    @classmethod
    def compatible(cls, version: Version | str) -> Bounds:
        """Return the bounds from `version` to the first release that may break it, by MirageOS 3.3's rule.

        See `Version.next_incompatible` for the rule. Raises InvalidVersion if it gives no upper bound: the text does not
        begin with a number, or opam sorts it above the result, like `0.A`.
        """
        version = Version.of(version)
        bounds = cls(version, version.next_incompatible())
        if bounds.empty:
            raise InvalidVersion(
                f"opam puts {version} above {bounds.max}, so no upper bound follows from it: give max= yourself",
                objects=[version],
            )
        return bounds

    @classmethod
    def of_opam(cls, text: str) -> Bounds:
        """Parse bounds as opam writes them, `{>= "3.5.0" & < "3.6.0"}`, with or without the braces.

        Empty text means open bounds. Raises InvalidVersion for other text, and for conditions that an interval cannot
        express (`=`, `!=`, `>`, `<=`, `|`, `build`).
        """
        found = text.strip() if isinstance(text, str) else None
        if found is not None and found[:1] == "{" and found[-1:] == "}":
            found = found[1:-1].strip()
        bounds = cls()
        for part in found.split("&") if found else () if found is not None else ("",):
            condition = re.fullmatch(r'\s*(>=|<)\s*"([^"]*)"\s*', part)
            if condition is None:
                raise InvalidVersion(
                    f'{text!r} is not an interval: write it as {{>= "3.5.0" & < "3.6.0"}}, with one of the two or none',
                    objects=[text],
                )
            bounds &= cls(**{_SPELLINGS[condition[1]]: condition[2]})
        return bounds

    @classmethod
    def of_specifiers(cls, text: str) -> Bounds:
        """Parse bounds as PEP 440 writes them: `>=3.5,<3.6`, or `~=3.5` for `>=3.5,<4`. Empty text means open bounds.

        Versions are numbers joined by dots. opam sorts 1 before 1.0, whereas PEP 440 treats them as equal. Both admit the
        same versions, provided a version has at least as many components as the bound: `>=1.0` admits 1 in PEP 440, not in
        opam.

        Raises InvalidVersion for text that is not a specifier, for operators that an interval cannot express (`!=`, `>`,
        `<=`, `==`, `===`), for versions that PEP 440 and opam read differently (`1.0rc1`, `1.0.post1`, `v1.0`), and for
        ends that PEP 440 treats as equal but opam does not (`>=1,<1.0`).
        """
        from packaging.specifiers import InvalidSpecifier, Specifier

        try:
            # One by one: SpecifierSet may treat >=1 and >=1.0 as duplicates.
            parts = (text if isinstance(text, str) else repr(text)).split(",")
            specifiers = [Specifier(part.strip()) for part in parts if part.strip()]
        except InvalidSpecifier as error:
            raise InvalidVersion(
                f"{text!r} is not a version specifier: write it as '>=3.5,<3.6'", objects=[text]
            ) from error
        bounds = intersection(map(cls._of_specifier, specifiers))
        bounds._check_sayable()
        return bounds

    @classmethod
    def _of_specifier(cls, specifier: Specifier) -> Bounds:
        version = specifier.version
        if specifier.operator not in (">=", "<", "~="):
            raise InvalidVersion(
                f"{str(specifier)!r}: bounds have an inclusive minimum and an exclusive maximum, which "
                f"{specifier.operator} does not express: write >=, < or ~=",
                objects=[specifier],
            )
        if not _is_release(version):
            raise InvalidVersion(
                f"{str(specifier)!r}: PEP 440 and opam read {version} differently: write numbers joined by dots, or give "
                "min= and max= as opam's",
                objects=[specifier],
            )
        match specifier.operator:
            case ">=":
                return cls(min=version)
            case "<":
                return cls(max=version)
        release = version.split(".")[:-1]
        return cls(version, ".".join([*release[:-1], _successor(release[-1])]))

    def specifiers(self) -> str:
        """Return the bounds as PEP 440 writes them, `>=3.5.0,<3.6.0`; empty text for open bounds.

        `of_specifiers` reads them back, and describes for which versions both notations agree. Raises InvalidVersion if an end
        is not made of numbers joined by dots, because PEP 440 rejects such versions or sorts them differently, and if PEP
        440 treats the ends as equal, such as 1 and 1.0.
        """
        self._check_sayable()
        return ",".join(f"{operator}{version}" for operator, version in self.ends())

    def _check_sayable(self) -> None:
        for end in (self.min, self.max):
            if end is not None and not _is_release(end.text):
                raise InvalidVersion(
                    f"PEP 440 cannot express {end} as opam means it: only numbers joined by dots are the same in both",
                    objects=[self],
                )
        if self.min is None or self.max is None or self.empty:
            return
        if _numbers(self.min.text) == _numbers(self.max.text):
            raise InvalidVersion(
                f"from {self.min} to {self.max} there is nothing in PEP 440, which holds them equal, but something in "
                "opam: give ends that differ in more than zeros",
                objects=[self],
            )

    @property
    def empty(self) -> bool:
        """Whether no version lies within the bounds."""
        return self.min is not None and self.max is not None and self.min >= self.max

    def allows(self, version: Version | str) -> bool:
        """Return whether `version` lies within the bounds. Raises InvalidVersion for text that is not a version."""
        version = Version.of(version)
        return (self.min is None or self.min <= version) and (self.max is None or version < self.max)

    __contains__ = allows

    def includes(self, other: Bounds) -> bool:
        """Return whether every version that `other` admits lies within these bounds. True for empty `other`."""
        if other.empty:
            return True
        low = self.min is None or (other.min is not None and self.min <= other.min)
        high = self.max is None or (other.max is not None and other.max <= self.max)
        return low and high

    def __and__(self, other: Bounds) -> Bounds:
        """Return the intersection: the higher minimum and the lower maximum."""
        return intersection([self, other])

    def ends(self) -> list[tuple[str, Version]]:
        """Return the ends that are not open, each with its operator: `>=` for the minimum, `<` for the maximum."""
        parts = [(">=", self.min), ("<", self.max)]
        return [(operator, version) for operator, version in parts if version is not None]

    def conditions(self) -> list[str]:
        """Return the ends that are not open as opam's conditions: `>= "3.5.0"`, `< "3.6.0"`."""
        return [f'{operator} "{version}"' for operator, version in self.ends()]

    def __str__(self) -> str:
        """Return the bounds as opam writes them, `{>= "3.5.0" & < "3.6.0"}`; empty text for open bounds."""
        return "{%s}" % " & ".join(self.conditions()) if self.min or self.max else ""

    def __repr__(self) -> str:
        ends = {"min": self.min, "max": self.max}
        return "Bounds(%s)" % ", ".join(f"{end}={str(v)!r}" for end, v in ends.items() if v is not None)


def _is_release(text: str) -> bool:
    return _RELEASE.issuperset(text) and all(text.split("."))


def _numbers(text: str) -> list[str]:
    """The components by which PEP 440 compares a release: without leading zeros, and without zeros at the end."""
    numbers = [number.lstrip("0") for number in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers


def intersection(parts: Iterable[Bounds]) -> Bounds:
    """Return the versions that all of `parts` admit. Of ends that opam treats as equal (1.0, 1.00) the shorter is kept."""
    parts = list(parts)
    minima = sorted((part.min for part in parts if part.min is not None), key=lambda v: (len(v.text), v.text))
    maxima = sorted((part.max for part in parts if part.max is not None), key=lambda v: (len(v.text), v.text))
    return Bounds(max(minima, default=None), min(maxima, default=None))
