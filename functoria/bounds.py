"""Version bounds: an interval of versions, from a minimum that is admitted to a maximum that is not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import field, frozen

from functoria.errors import EmptyBounds, InvalidVersion
from functoria.version import Version

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet


def _version(version: Version | str | None) -> Version | None:
    return None if version is None else Version.of(version)


@frozen(repr=False)
class Bounds:
    """The versions from `min`, inclusive, to `max`, exclusive; None leaves an end open.

    Intersecting may leave nothing: such bounds are `empty`, and a package with them is an error.
    """

    min: Version | None = field(default=None, converter=_version)
    max: Version | None = field(default=None, converter=_version)

    @classmethod
    def compatible(cls, version: Version | str) -> Bounds:
        """From `version` to the first release that may break, by MirageOS 3.3's rule (`Version.next_incompatible`)."""
        version = Version.of(version)
        return cls(version, version.next_incompatible())

    @classmethod
    def of_specifiers(cls, text: str) -> Bounds:
        """Bounds as PEP 440 writes them: `>=3.5,<3.6`, or `~=3.5` for `>=3.5,<4`.

        Raises InvalidVersion for what is no specifier, and for one that no interval says (`!=`, `>`, `<=`, `==1.*`, `===`).
        """
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            return cls._of_set(SpecifierSet(text))
        except InvalidSpecifier as error:
            raise InvalidVersion(
                f"{text!r} is no version specifier: write it as '>=3.5,<3.6'", objects=[text]
            ) from error

    @classmethod
    def _of_set(cls, specifiers: SpecifierSet) -> Bounds:
        bounds = cls()
        for specifier in sorted(specifiers, key=str):
            match specifier.operator:
                case ">=":
                    part = cls(min=specifier.version)
                case "<":
                    part = cls(max=specifier.version)
                case "~=":
                    release = specifier.version.split(".")[:-1]
                    part = cls(specifier.version, ".".join([*release[:-1], str(int(release[-1]) + 1)]))
                case operator:
                    raise InvalidVersion(
                        f"{str(specifier)!r}: bounds have an inclusive minimum and an exclusive maximum, which "
                        f"{operator} does not say: write >=, < or ~=",
                        objects=[specifier],
                    )
            bounds &= part
        return bounds

    @property
    def empty(self) -> bool:
        """True where no version is inside."""
        return self.min is not None and self.max is not None and self.min >= self.max

    def allows(self, version: Version | str) -> bool:
        """Whether `version` is inside. Raises InvalidVersion for text that is no version."""
        version = Version.of(version)
        return (self.min is None or self.min <= version) and (self.max is None or version < self.max)

    __contains__ = allows

    def __and__(self, other: Bounds) -> Bounds:
        """The versions inside both: the highest minimum and the lowest maximum."""
        return intersection([self, other])

    def conditions(self) -> list[str]:
        """The bounds as opam's conditions, `>= "3.5.0"` and `< "3.6.0"`, without those that are open."""
        parts = [(">=", self.min), ("<", self.max)]
        return [f'{operator} "{version}"' for operator, version in parts if version is not None]

    def __str__(self) -> str:
        """The bounds as opam writes them, `{>= "3.5.0" & < "3.6.0"}`; nothing for open ones."""
        return "{%s}" % " & ".join(self.conditions()) if self.min or self.max else ""

    def __repr__(self) -> str:
        ends = {"min": self.min, "max": self.max}
        return "Bounds(%s)" % ", ".join(f"{end}={str(v)!r}" for end, v in ends.items() if v is not None)


def intersection(parts: Iterable[Bounds]) -> Bounds:
    """The versions inside all of `parts`. Of two ends that opam holds equal (1.0 and 1.00) the shorter text stays."""
    parts = list(parts)
    minima = sorted((part.min for part in parts if part.min is not None), key=lambda v: (len(v.text), v.text))
    maxima = sorted((part.max for part in parts if part.max is not None), key=lambda v: (len(v.text), v.text))
    return Bounds(max(minima, default=None), min(maxima, default=None))


def declared(*, min: Version | str | None, max: Version | str | None, compatible: Version | str | None) -> Bounds:
    """The bounds of one declaration. Raises EmptyBounds where they admit nothing."""
    bounds = Bounds(min, max) if compatible is None else Bounds.compatible(compatible) & Bounds(min, max)
    if bounds.empty:
        raise EmptyBounds(f"{bounds} admits no version: the minimum must be below the maximum", objects=[bounds])
    return bounds
