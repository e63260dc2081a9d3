"""What can go wrong, a class per kind.

Every error raised on purpose derives from `FunctoriaError` and from the builtin exception nearest to it, says in its
message what to do, and carries the objects concerned and the places in the user's files where they were declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from functoria.location import Location, here, in_library
from functoria.printable import shown

if TYPE_CHECKING:
    from collections.abc import Iterable


class FunctoriaError(Exception):
    """Base of all errors of this library.

    `message` is the text without places, one line that can be printed (`printable.shown`); `more` are lines below it, with a
    mark where they are another's; `objects` are the things concerned (devices, packages, keys, …); `locations` is where they
    were declared, most telling first, without lines of libraries where there are others; where that is not known, it is the
    user's line that led here.
    """

    def __init__(
        self,
        message: str,
        *,
        objects: Iterable[object] = (),
        locations: Iterable[Location | None] = (),
        more: Iterable[object] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.more = tuple(map(shown, more))
        self.objects = tuple(objects)
        given = _places(locations)
        self.placed = bool(given)
        """Whether it was raised with locations, and does not only say what led here."""
        self.locations = given or _places([here()])

    @property
    def message(self) -> str:
        """What went wrong, and what to do about it."""
        return self._message

    @message.setter
    def message(self, message: str) -> None:
        self._message = shown(message)

    def at(self, *locations: Location | None) -> Self:
        """This error, with `locations` before those that it has."""
        self.locations = _places([*locations, *self.locations])
        return self

    def __str__(self) -> str:
        below = [*self.more, *(f"at {place}" for place in self.locations)]
        return "\n  ".join([self.message, *below])


def _places(locations: Iterable[Location | None]) -> tuple[Location, ...]:
    places = tuple(dict.fromkeys(place for place in locations if place is not None))
    return tuple(place for place in places if not in_library(place)) or places


class TypeMismatch(FunctoriaError, TypeError):
    """A functor got a wrong or surplus argument, or a term of one type stands where another is expected."""


class InvalidName(FunctoriaError, ValueError):
    """A name (of an application, a key, an option, a package, a type) that its language cannot say."""


class InvalidModule(FunctoriaError, ValueError):
    """Text that is no OCaml module path, such as `unikernel.main` for `Unikernel.Main`."""


class InvalidVersion(FunctoriaError, ValueError):
    """Text that opam does not accept as a version."""


class InvalidPackage(FunctoriaError, ValueError):
    """A package whose declaration contradicts itself: sublibraries beside exact libraries, a malformed pin, …"""


class EmptyBounds(FunctoriaError, ValueError):
    """Version bounds that admit nothing, alone or after merging."""


class PinConflict(FunctoriaError, ValueError):
    """Two different pins of one package."""


class ScopeConflict(FunctoriaError, ValueError):
    """One package asked for in two scopes: built with the program, and installed for the machine that builds."""


class DuplicateKey(FunctoriaError, ValueError):
    """Two different keys with one name, or two options with one flag."""


class UnknownLibrary(FunctoriaError, LookupError):
    """A dune library of the user's own that no dune file beside the configuration defines."""


class UnknownKey(FunctoriaError, KeyError):
    """A key that the configuration does not have, or has not declared."""


class MissingKey(FunctoriaError, LookupError):
    """A required key without a value."""


class InvalidValue(FunctoriaError, ValueError):
    """A value that a key's converter, or a device's argument, does not accept."""


class Undecided(FunctoriaError, LookupError):
    """A partial plan was asked for what depends on keys that have no value yet."""


class DeviceError(FunctoriaError, RuntimeError):
    """Code of a device failed, or returned what it must not."""


class Unsupported(FunctoriaError, ValueError):
    """A device refuses the target or the choices it was planned for."""


class DependencyCycle(FunctoriaError, ValueError):
    """A device that depends on itself through other devices."""


class FileConflict(FunctoriaError, FileExistsError):
    """A file in the way that was not written by this library, or was edited since."""


class WriteError(FunctoriaError, OSError):
    """A directory or file that cannot be written."""


class ConfigError(FunctoriaError, ValueError):
    """A configuration file that is missing, fails, or registers no application or several."""


class InvalidOpamFile(FunctoriaError, ValueError):
    """Text that opam's syntax does not accept, or an opam file that cannot be read."""


class InvalidRepository(FunctoriaError, ValueError):
    """A directory or archive that is not an opam repository."""


class BuildError(FunctoriaError, RuntimeError):
    """A build that failed, or a tool that it needs and that is not there."""
