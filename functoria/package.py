"""opam packages, what of them is linked, and merging what several devices ask of one package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal

from attrs import evolve, field, frozen

from functoria.bounds import Bounds, intersection
from functoria.errors import EmptyBounds, FunctoriaError, InvalidName, InvalidPackage, PinConflict, ScopeConflict
from functoria.location import Location, here
from functoria.names import LETTERS, WORD
from functoria.version import Version

_NAME = WORD | frozenset("+-")
_LIBRARY = _NAME | frozenset(".")
_OPERATORS = frozenset("<>=!~")

Scope = Literal["monorepo", "switch"]


@frozen(cache_hash=True)
class Package:
    """An opam package, with what is wanted of it. Made by `package`.

    `libraries` are its OCamlfind libraries; `build` marks a package needed only while building, which is not linked; a
    `pin`, the URL of its source, takes the place of the bounds. Equal are packages that are written alike: `1.0` and
    `1.00`, which opam holds equal, make different ones, for each is emitted as it is written.
    """

    name: str
    libraries: tuple[str, ...] = ()
    bounds: Bounds = field(factory=Bounds, eq=str)
    build: bool = False
    pin: str | None = None
    location: Location | None = field(default=None, eq=False, repr=False)
    scope: Scope | None = field(default=None, kw_only=True)
    """Where it is installed, in releases of MirageOS that tell these apart: `monorepo`, where its source is fetched and built
    for the target with the program, or `switch`, where opam installs it for the machine that builds. A declaration without one
    goes with either."""
    pin_version: str = field(default="dev", kw_only=True)
    """The version that the pinned source is given."""
    replaced: Bounds = field(factory=Bounds, eq=str, repr=False, kw_only=True)
    """The bounds of other declarations, merged with this one, that the pin takes the place of."""
    equal_is_alike: ClassVar[bool] = True
    """Equal ones are written alike."""

    @property
    def min(self) -> Version | None:
        """The lowest version admitted; None where any is."""
        return self.bounds.min

    @property
    def max(self) -> Version | None:
        """The lowest version above the admitted; None where there is none."""
        return self.bounds.max

    def allows(self, version: Version | str) -> bool:
        """Whether the bounds admit `version`; a pin admits all, for it is no release. Raises InvalidVersion."""
        return self.pin is not None or self.bounds.allows(version)

    def conditions(self, *flags: str) -> list[str]:
        """What is wanted of it as conditions of opam's depends field: `build`, `flags`, `>= "3.5.0"`; a pin has no bounds."""
        return ["build"] * self.build + [*flags] + ([] if self.pin else self.bounds.conditions())

    def atoms(self) -> list[str]:
        """What opam must have for it, as its commands take it: `tcpip>=3.5.0` and `tcpip<3.6.0`, or the name alone."""
        ends = [] if self.pin else self.bounds.ends()
        return [f"{self.name}{operator}{version}" for operator, version in ends] or [self.name]

    def to_data(self) -> dict[str, Any]:
        """The package as plain data, which JSON can say."""
        return {
            "name": self.name,
            "min": None if self.min is None else self.min.text,
            "max": None if self.max is None else self.max.text,
            "build": self.build,
            "pin": self.pin,
            "libraries": list(self.libraries),
        }

    def __str__(self) -> str:
        """The package as opam's depends field writes it, unquoted: `tcpip {>= "3.5.0" & < "3.6.0"}`."""
        conditions = " & ".join(self.conditions())
        return f"{self.name} {{{conditions}}}" if conditions else self.name


def package(
    name: str,
    *,
    min: Version | str | None = None,
    max: Version | str | None = None,
    compatible: Version | str | None = None,
    sublibs: Sequence[str] | None = None,
    ocamlfind: Sequence[str] | None = None,
    build: bool = False,
    pin: str | None = None,
    pin_version: str = "dev",
    scope: Scope | None = None,
) -> Package:
    """The opam package `name`, and what is wanted of it.

    `min` is inclusive, `max` exclusive; `compatible="3.1.0"` is that minimum with the upper bound of MirageOS 3.3's
    rule; `package("tcpip>=3.5,<3.6")` writes bounds as PEP 440 does. Its OCamlfind libraries are the one of its own
    name; with `sublibs` also `name.sub` for each; with `ocamlfind` exactly those. A `build` package is not linked. `pin`
    is the URL (or path) of a source, which opam takes instead of a release, whatever the bounds, and calls `pin_version`. `scope`
    is where it is installed, in releases that tell such places apart: see `Package.scope`.

    Raises InvalidName, InvalidVersion, InvalidPackage (both `sublibs` and `ocamlfind`, `compatible` with `min` or
    `max`, a pin with blanks) and EmptyBounds.
    """
    location = here()
    try:
        declared = _package(name, min, max, compatible, sublibs, ocamlfind, build, pin, location)
        if scope is None and pin_version == "dev":
            return declared
        if scope not in (None, "monorepo", "switch"):
            raise InvalidPackage(f"{name}: the scope is monorepo or switch, not {scope!r}", objects=[name, scope])
        if pin is None and pin_version != "dev":
            raise InvalidPackage(f"{name}: pin_version names the version of a pin: give a pin too", objects=[name])
        return evolve(declared, scope=scope, pin_version=str(Version(pin_version)))
    except FunctoriaError as error:
        raise error.at(location) from None


def _package(
    name: str,
    min: Version | str | None,
    max: Version | str | None,
    compatible: Version | str | None,
    sublibs: Sequence[str] | None,
    ocamlfind: Sequence[str] | None,
    build: bool,
    pin: str | None,
    location: Location | None,
) -> Package:
    written = Bounds()
    if isinstance(name, str) and not _OPERATORS.isdisjoint(name):
        start = next(i for i, char in enumerate(name) if char in _OPERATORS)
        name, written = name[:start].strip(), Bounds.of_specifiers(name[start:])
    if not isinstance(name, str) or not _NAME.issuperset(name) or LETTERS.isdisjoint(name):
        raise InvalidName(
            f"{name!r} is not a package name: opam accepts letters, digits and - _ +, at least one letter",
            objects=[name],
        )
    if sublibs is not None and ocamlfind is not None:
        raise InvalidPackage(
            f"{name}: give sublibs (added to {name} itself) or ocamlfind (exactly those), not both", objects=[name]
        )
    if not isinstance(build, bool):
        raise InvalidPackage(f"{name}: build is true or false, not {build!r}", objects=[name])
    if compatible is not None and (min is not None or max is not None):
        raise InvalidPackage(f"{name}: compatible is a minimum and a maximum: leave min and max out", objects=[name])
    bounds = (Bounds(min, max) if compatible is None else Bounds.compatible(compatible)) & written
    if bounds.empty:
        raise EmptyBounds(f"{name} {bounds} admits no version: the minimum must be below the maximum", objects=[name])
    libraries = _libraries(name, sublibs, ocamlfind)
    return Package(name, libraries, bounds if pin is None else Bounds(), build, _pin(name, pin), location)


def _libraries(name: str, sublibs: Sequence[str] | None, ocamlfind: Sequence[str] | None) -> tuple[str, ...]:
    if any(isinstance(names, str) or not isinstance(names, (Sequence, type(None))) for names in (sublibs, ocamlfind)):
        raise InvalidPackage(f"{name}: sublibs and ocamlfind are lists of names", objects=[name])
    if ocamlfind is not None:
        libraries = list(ocamlfind)
    elif sublibs is not None:
        libraries = [name, *(f"{name}.{sub}" if isinstance(sub, str) else sub for sub in sublibs)]
    else:
        libraries = [name]
    for library in libraries:
        if not isinstance(library, str) or not _LIBRARY.issuperset(library) or library[:1] not in WORD:
            raise InvalidName(f"{name}: {library!r} is not an OCamlfind library name", objects=[library])
    return tuple(sorted(set(libraries)))


def _pin(name: str, pin: str | None) -> str | None:
    if pin is not None and (
        not isinstance(pin, str) or not pin or any(c.isspace() or not c.isprintable() for c in pin)
    ):
        raise InvalidPackage(
            f"{name}: the pin {pin!r} is not a URL or path: it must not be empty or hold blanks or control characters",
            objects=[name, pin],
        )
    return pin


def merge(packages: Iterable[Package]) -> Package:
    """What all of `packages`, declarations of one package, ask together.

    Libraries are united, the highest minimum and the lowest maximum hold unless one is pinned, and it is a build package
    only if all are. Associative, commutative and idempotent: what is merged in parts, in any order, is what is merged at
    once, or fails as that does. To that end bounds must not contradict each other beside a pin either, though it takes
    their place. Of versions that opam holds equal the shortest text stays, of these the first in order of ASCII.

    Raises EmptyBounds, PinConflict and ScopeConflict, naming the two declarations that contradict each other, and ValueError
    for no packages or different names.
    """
    packages = list(packages)
    names = {p.name for p in packages}
    if len(names) != 1:
        raise ValueError(f"only declarations of one package merge, not of {len(names)}")
    if len(packages) == 1:
        return packages[0]
    first = packages[0]
    pin, pin_version = _common_pin(packages)
    scope = _common_scope(packages)
    asked = {id(p): p.bounds & p.replaced for p in packages}
    bounds = intersection(asked.values())
    if bounds.empty:
        low = next(p for p in packages if asked[id(p)].min == bounds.min)
        high = next(p for p in packages if asked[id(p)].max == bounds.max)
        raise EmptyBounds(
            f"no version of {first.name} will do: one declaration wants {asked[id(low)]}, another {asked[id(high)]}"
            + (", which a pin does not reconcile" if pin is not None else ""),
            objects=[low, high],
            locations=[low.location, high.location],
        )
    libraries = sorted({library for p in packages for library in p.libraries})
    return evolve(
        first,
        libraries=tuple(libraries),
        bounds=bounds if pin is None else Bounds(),
        build=all(p.build for p in packages),
        pin=pin,
        pin_version=pin_version,
        scope=scope,
        replaced=Bounds() if pin is None else bounds,
    )


def _common_pin(packages: list[Package]) -> tuple[str | None, str]:
    """The pin of all, and the version that it is given."""
    pinned = [p for p in packages if p.pin is not None]
    for other in pinned[1:]:
        if other.pin != pinned[0].pin:
            raise PinConflict(
                f"{other.name} is pinned to {pinned[0].pin} and to {other.pin}: keep one",
                objects=[pinned[0], other],
                locations=[pinned[0].location, other.location],
            )
        if other.pin_version != pinned[0].pin_version:
            raise PinConflict(
                f"the pin of {other.name} is called {pinned[0].pin_version} and {other.pin_version}: keep one version",
                objects=[pinned[0], other],
                locations=[pinned[0].location, other.location],
            )
    return (pinned[0].pin, pinned[0].pin_version) if pinned else (None, "dev")


def _common_scope(packages: list[Package]) -> Scope | None:
    """The scope of all that say one."""
    scoped = [p for p in packages if p.scope is not None]
    for other in scoped[1:]:
        if other.scope != scoped[0].scope:
            raise ScopeConflict(
                f"{other.name} is asked for in the scope {scoped[0].scope} and in the scope {other.scope}: keep one",
                objects=[scoped[0], other],
                locations=[scoped[0].location, other.location],
            )
    return scoped[0].scope if scoped else None
