"""Errors, one class for each kind.

Every error that the library raises deliberately derives from `FunctoriaError` and from the nearest builtin exception. Its
message says what to do; it carries the objects concerned, and the places where the user declared them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from functoria.location import Location, distinct, here, in_library
from functoria.printable import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functoria.key import Key


class FunctoriaError(Exception):
    """Base of all errors of this library.

    `message` is the text without places, one printable line (see `printable.shown`): what is wrong, the `problem`, and after
    a colon what to do about it, the `remedy`, if that is given separately. `more` are the lines below it, marked
    if they come from elsewhere. `objects` are the things concerned: devices, packages, keys, … `locations` are the places
    where they were declared, most relevant first. Lines of libraries are left out if there are others; if no place is
    known, it is the user's line that led to the error.
    """

    def __init__(
        self,
        message: str,
        *,
        objects: Iterable[object] = (),
        locations: Iterable[Location | None] = (),
        more: Iterable[object] = (),
        remedy: str = "",
        ocaml: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.ocaml = shown(ocaml)
        """The remedy for a config.ml, where that is another one."""
        self.more = tuple(map(shown, more))
        self.objects = tuple(objects)
        given = _places(locations)
        self.placed = bool(given)
        """Whether the locations were given, instead of being the line that led to the error."""
        self.locations = given or _places([here()])

    @property
    def message(self) -> str:
        """The whole message: the problem and the remedy."""
        return f"{self.problem}: {self.remedy}" if self.remedy else self.problem

    @message.setter
    def message(self, message: str) -> None:
        self.problem, self.remedy = message, ""

    @property
    def problem(self) -> str:
        """The problem, without the remedy if that is given separately."""
        return self._problem

    @problem.setter
    def problem(self, problem: str) -> None:
        self._problem = shown(problem)

    @property
    def remedy(self) -> str:
        """The remedy, in the language of the configuration; empty if it is part of the problem's text."""
        return self.ocaml if self.ocaml and self.of_ocaml else self._remedy

    @remedy.setter
    def remedy(self, remedy: str) -> None:
        self._remedy, self.ocaml = shown(remedy), ""

    @property
    def of_ocaml(self) -> bool:
        """Whether it is about what a config.ml says."""
        return any(place.file.endswith(".ml") for place in getattr(self, "locations", ())[:1])

    def at(self, *locations: Location | None) -> Self:
        """Return this error, with `locations` put before those it already has."""
        self.locations = _places([*locations, *self.locations])
        return self

    def __str__(self) -> str:
        below = [*self.more, *dict.fromkeys(f"at {place}" for place in self.locations)]
        return "\n  ".join([self.message, *below])


def _places(locations: Iterable[Location | None]) -> tuple[Location, ...]:
    places = distinct(place for place in locations if place is not None)
    return tuple(place for place in places if not in_library(place)) or places


class FunctoriaWarning(UserWarning):
    """A likely mistake that does not prevent planning, with `objects` and `locations` as for errors."""

    def __init__(
        self, message: str, *, objects: Iterable[object] = (), locations: Iterable[Location | None] = ()
    ) -> None:
        super().__init__(message)
        self.message = shown(message)
        self.objects = tuple(objects)
        self.locations = _places(locations)

    def __str__(self) -> str:
        return "\n  ".join([self.message, *dict.fromkeys(f"at {place}" for place in self.locations)])


class TypeMismatch(FunctoriaError, TypeError):
    """A functor got a wrong or surplus argument, or a term has another type than the expected one."""

    @property
    def message(self) -> str:
        """The whole message, with types in the language of the configuration."""
        said = super().message
        return said.replace(" >> ", " @-> ") if self.of_ocaml else said

    @message.setter
    def message(self, message: str) -> None:
        self.problem, self.remedy = message, ""


class InvalidName(FunctoriaError, ValueError):
    """A name (of an application, key, option, package or type) that cannot be written in the language it is for."""


class InvalidModule(FunctoriaError, ValueError):
    """Text that is not an OCaml module path, such as `unikernel.main` for `Unikernel.Main`."""


class InvalidVersion(FunctoriaError, ValueError):
    """Text that opam does not accept as a version."""


class InvalidPackage(FunctoriaError, ValueError):
    """A package whose declaration contradicts itself: `sublibs` together with `ocamlfind`, a malformed pin, …"""


class EmptyBounds(FunctoriaError, ValueError):
    """Version bounds that admit nothing, alone or after merging."""


class PinConflict(FunctoriaError, ValueError):
    """Two different pins of one package."""


class ScopeConflict(FunctoriaError, ValueError):
    """One package in two scopes: built with the program, and installed for the machine that builds it."""


class DuplicateKey(FunctoriaError, ValueError):
    """Two different keys with one name, or two options with one flag."""

    @classmethod
    def between(cls, what: str, one: Key[Any], two: Key[Any]) -> Self:
        """Return the error for two keys that clash. If one is a library's and one the user's, its remedy is for the latter."""
        own = [key for key in (one, two) if key.location is None or not in_library(key.location)]
        if len(own) == 1:
            remedy = f"give {own[0].name} another name, or other flags="
        else:
            remedy = "give one of them another name, or the devices that declare them a group"
        return cls(
            what,
            remedy=remedy,
            ocaml=remedy.replace("flags=", "names in its info"),
            objects=[one, two],
            locations=[one.location, two.location],
        )


class UnknownLibrary(FunctoriaError, LookupError):
    """A dune library of the user's own that no dune file beside the configuration defines."""


class UnknownKey(FunctoriaError, KeyError):
    """A key that the configuration does not have or does not declare."""


class MissingKey(FunctoriaError, LookupError):
    """A required key without a value."""


class InvalidValue(FunctoriaError, ValueError):
    """A value that a key's converter, or a device's argument, does not accept."""


class Undecided(FunctoriaError, LookupError):
    """Something depends on keys that have no value yet, in a partial plan."""


class DeviceError(FunctoriaError, RuntimeError):
    """A device's method failed, or returned an invalid result."""


class Unsupported(FunctoriaError, ValueError):
    """A device does not support the target or the choices it was planned for."""


class DependencyCycle(FunctoriaError, ValueError):
    """A device that depends on itself through other devices."""

    @classmethod
    def within(cls, node: Any) -> Self:
        """Return the error for a `node` that contains itself."""
        return cls(
            f"a {type(node).__name__} contains itself: its __init__ stores it in one of its own fields",
            objects=[node],
            locations=[getattr(node, "location", None)],
        )


class FileConflict(FunctoriaError, FileExistsError):
    """A file is in the way that this library did not write, or that was edited since."""


class WriteError(FunctoriaError, OSError):
    """A directory or file that cannot be written."""


class ConfigError(FunctoriaError, ValueError):
    """A configuration file is missing, fails, or does not register exactly one application."""


class InvalidOpamFile(FunctoriaError, ValueError):
    """Text that opam's syntax does not accept, or an opam file that cannot be read."""


class InvalidRepository(FunctoriaError, ValueError):
    """A directory or archive that is not an opam repository."""


class NoSolution(FunctoriaError, ValueError):
    """opam finds no releases that can be installed together."""


class LockMismatch(FunctoriaError, ValueError):
    """A lock is missing, unreadable, or belongs to another project."""


class BuildError(FunctoriaError, RuntimeError):
    """A build failed, or a tool that it needs is missing."""


class WorkerLost(FunctoriaError, RuntimeError):
    """A worker process ended before its case was done, or cannot be reached."""
