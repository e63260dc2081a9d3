"""opam packages, the libraries linked from them, and merging the declarations of several devices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from attr import evolve, field, frozen

from functoria.errors import EmptyBounds, FunctoriaError, InvalidName, InvalidPackage, PinConflict, ScopeConflict
from functoria.location import Location, here
from functoria.names import LETTERS, WORD
from functoria.printable import worded
from functoria.record import Hashed

if TYPE_CHECKING:  # imported inside functions, because nothing needs these until the first package is made
    from functoria.bounds import Bounds
    from functoria.version import Version

_NAME = WORD | frozenset("+-")
_LIBRARY = _NAME | frozenset(".")
_OPERATORS = frozenset("<>=!~")

Scope = Literal["monorepo", "switch"]


def _unbounded() -> Bounds:
    from functoria.bounds import Bounds

    return Bounds()


@frozen(eq=False, repr=False)
class Package(Hashed):
    """An opam package with bounds and libraries. Made by `package`.

    `libraries` are the OCamlfind libraries to link. `build` marks a package that is needed only while building and is not
    linked. A `pin`, the URL of its source, replaces the bounds. Packages are equal if they are written alike: `1.0` and
    `1.00` make different ones, although opam treats them as equal, because each is emitted as written.
    """

    name: str
    libraries: tuple[str, ...] = ()
    bounds: Bounds = field(factory=_unbounded, eq=str)
    build: bool = False
    pin: str | None = None
    location: Location | None = field(default=None, eq=False, repr=False)
    scope: Scope | None = field(default=None, kw_only=True)
    """Its place of installation, for releases of MirageOS with several. With `monorepo`, its source is fetched and built for
    the target together with the program; with `switch`, opam installs it for the building machine. None is compatible with
    both."""
    pin_version: str = field(default="dev", kw_only=True)
    """The version that opam gives to the pinned source."""
    replaced: Bounds = field(factory=_unbounded, eq=str, repr=False, kw_only=True)
    """The bounds that the pin has replaced, in this declaration and others merged with it."""
    equal_is_alike: ClassVar[bool] = True
    """Equal packages are written alike."""

    @property
    def min(self) -> Version | None:
        """The lowest admitted version; None if there is no minimum."""
        return self.bounds.min

    @property
    def max(self) -> Version | None:
        """The exclusive upper bound; None if there is no maximum."""
        return self.bounds.max

    def allows(self, version: Version | str) -> bool:
        """Return whether the bounds admit `version`. A pin admits all, since it is not a release. Raises InvalidVersion."""
        return self.pin is not None or self.bounds.allows(version)

    def conditions(self, *flags: str) -> list[str]:
        """Return its conditions in opam's depends field: `build`, `flags`, `>= "3.5.0"`. A pin has no bounds."""
        return ["build"] * self.build + [*flags] + ([] if self.pin else self.bounds.conditions())

    def atoms(self) -> list[str]:
        """Return the package as arguments of opam's commands: `tcpip>=3.5.0` and `tcpip<3.6.0`, or just the name."""
        ends = [] if self.pin else self.bounds.ends()
        return [f"{self.name}{operator}{version}" for operator, version in ends] or [self.name]

    def to_data(self) -> dict[str, Any]:
        """Return the package as plain data for JSON: all of it but its place, and the bounds that a pin replaced."""
        return {
            "name": self.name,
            "min": None if self.min is None else self.min.text,
            "max": None if self.max is None else self.max.text,
            "build": self.build,
            "pin": self.pin,
            "pin_version": None if self.pin is None else self.pin_version,
            "scope": self.scope,
            "libraries": list(self.libraries),
        }

    def __str__(self) -> str:
        """Return the package as in opam's depends field, without quotes: `tcpip {>= "3.5.0" & < "3.6.0"}`."""
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
    """Declare the opam package `name`.

    `min` is inclusive, `max` exclusive. `compatible="3.1.0"` sets that minimum, and the upper bound by MirageOS 3.3's rule
    (`Version.next_incompatible`). `package("tcpip>=3.5,<3.6")` writes bounds as PEP 440 does. Its OCamlfind library has the
    name of the package; `sublibs` adds `name.sub` for each; `ocamlfind` lists the libraries instead. A `build` package is not
    linked. `pin` is the URL or path of a source that opam uses instead of a release, whatever the bounds, and gives the
    version `pin_version`. `scope` is where it is installed, in releases that distinguish this: see `Package.scope`.

    Raises InvalidName, InvalidVersion, InvalidPackage (`sublibs` with `ocamlfind`, `compatible` with `min` or `max`, a pin
    with blanks) and EmptyBounds.
    """
    location = here()
    try:
        declared = _package(name, min, max, compatible, sublibs, ocamlfind, build, pin, location)
        if scope is None and pin_version == "dev":
            return declared
        if scope not in (None, "monorepo", "switch"):
            raise InvalidPackage(
                f"{name}: the scope must be monorepo or switch, not {worded(scope)}", objects=[name, scope]
            )
        if pin is None and pin_version != "dev":
            raise InvalidPackage(f"{name}: pin_version names the version of a pin: give a pin too", objects=[name])
        from functoria.version import Version

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
    from functoria.bounds import Bounds

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
        raise InvalidPackage(f"{name}: build must be true or false, not {worded(build)}", objects=[name])
    if compatible is not None and (min is not None or max is not None):
        raise InvalidPackage(
            f"{name}: compatible gives both a minimum and a maximum: leave min and max out", objects=[name]
        )
    bounds = (Bounds(min, max) if compatible is None else Bounds.compatible(compatible)) & written
    if bounds.empty:
        raise EmptyBounds(f"{name} {bounds} admits no version: the minimum must be below the maximum", objects=[name])
    libraries = _libraries(name, sublibs, ocamlfind)
    return Package(name, libraries, bounds if pin is None else Bounds(), build, _pin(name, pin), location)


def _libraries(name: str, sublibs: Sequence[str] | None, ocamlfind: Sequence[str] | None) -> tuple[str, ...]:
    if any(isinstance(names, str) or not isinstance(names, (Sequence, type(None))) for names in (sublibs, ocamlfind)):
        raise InvalidPackage(f"{name}: sublibs and ocamlfind must be lists of names", objects=[name])
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
    """Merge `packages`, which are declarations of one package.

    Libraries are united. The highest minimum and the lowest maximum apply, unless one declaration has a pin. The result is
    a build package only if all are. The result does not depend on grouping or order; for that reason even bounds that a pin
    replaces must not contradict each other. Of versions that opam treats as equal, the shortest text is kept, then the first
    in ASCII order.

    Raises EmptyBounds, PinConflict and ScopeConflict, naming two declarations that contradict each other, and ValueError
    without packages, or if their names differ.
    """
    packages = list(packages)
    if len(packages) == 1:
        return packages[0]
    names = {p.name for p in packages}
    if len(names) != 1:
        raise ValueError(f"only declarations of one package can be merged, not of {len(names)}")
    from functoria.bounds import Bounds, intersection

    first = packages[0]
    pin, pin_version = _common_pin(packages)
    scope = _common_scope(packages)
    asked = {id(p): p.bounds & p.replaced for p in packages}
    bounds = intersection(asked.values())
    if bounds.empty:
        low = next(p for p in packages if asked[id(p)].min == bounds.min)
        high = next(p for p in packages if asked[id(p)].max == bounds.max)
        raise EmptyBounds(
            f"no version of {first.name} will do: one declaration requires {asked[id(low)]}, another {asked[id(high)]}"
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
    """Return the common pin and its version."""
    pinned = [p for p in packages if p.pin is not None]
    for other in pinned[1:]:
        first = pinned[0]
        if other.pin != first.pin:
            raise _conflict(
                PinConflict, first, other, f"{other.name} is pinned to {first.pin} and to {other.pin}: keep one"
            )
        if other.pin_version != first.pin_version:
            names = f"{first.pin_version} and {other.pin_version}"
            raise _conflict(PinConflict, first, other, f"the pin of {other.name} is called {names}: keep one version")
    return (pinned[0].pin, pinned[0].pin_version) if pinned else (None, "dev")


def _common_scope(packages: list[Package]) -> Scope | None:
    """Return the scope of those that have one."""
    scoped = [p for p in packages if p.scope is not None]
    for other in scoped[1:]:
        first = scoped[0]
        if other.scope != first.scope:
            scopes = f"the scope {first.scope} and the scope {other.scope}"
            raise _conflict(ScopeConflict, first, other, f"{other.name} has {scopes}: keep one")
    return scoped[0].scope if scoped else None


def _conflict(kind: type[FunctoriaError], first: Package, other: Package, what: str) -> FunctoriaError:
    """Return the error for two declarations of a package that do not agree."""
    return kind(what, objects=[first, other], locations=[first.location, other.location])
