"""The releases that a config.ml can be written for, and how the release of a file is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from attr import field, frozen

from functoria.errors import ConfigError
from functoria.location import Location
from functoria.misspelling import instead
from functoria.ocaml.errors import refused
from functoria.version import Version

if TYPE_CHECKING:
    from functoria.ocaml.program import Session
    from functoria.ocaml.scope import Names
    from functoria.ocaml.writer import Dialect

GROUP = "functoria.ocaml"
"""The entry point group under which distributions offer a `Release`."""


@frozen(eq=False)
class Release:
    """A release whose configurations are supported. A catalogue of devices offers one as an entry point.

    `modules` returns the OCaml modules of the release by name, for one evaluation; configurations open the first.
    """

    name: str
    """Its name in messages, such as `MirageOS 4.11`."""
    version: Version
    modules: Callable[[Session], dict[str, Names]] = field(repr=False)
    comment: str = "mirage"
    """Its name in the comment on a file's first line."""
    dialect: Callable[[], Dialect] = field(kw_only=True, repr=False)
    """How translations write its configurations in Python."""
    templates: str = field(default="", kw_only=True)
    """The package whose folder `templates` has its templates for new projects; empty if it has none."""

    def __str__(self) -> str:
        return self.name


@cache
def releases() -> tuple[Release, ...]:
    """Return the installed releases, newest first. The result is cached. Raises ConfigError if there are none."""
    from importlib.metadata import entry_points

    found: list[Release] = [entry.load() for entry in entry_points(group=GROUP)]
    if not found:
        raise ConfigError(
            "no installed library of devices supports config.ml: reinstall the one that does, such as mirage_devices"
        )
    return tuple(sorted(found, key=lambda release: release.version, reverse=True))


def named(name: str, known: Iterable[Release]) -> Release:
    """Return the release with the version `name`, or whose version begins with it. Raises ConfigError."""
    for release in known:
        version = str(release.version)
        if name == release.name or version == name or version.startswith(f"{name}."):
            return release
    there = [str(release.version) for release in known]
    raise ConfigError(f"there is no release {name}: {instead(name, there)}", objects=[name])


_BOUND = re.compile(r"(>=|<)\s*([0-9A-Za-z.~+-]+)")


def fitting(first_line: str, file: str, known: tuple[Release, ...]) -> tuple[Release, ...]:
    """Return the releases that the comment on a file's first line admits; all of them without such a comment.

    Raises ConfigError if it admits none, or is malformed.
    """
    names = "|".join(sorted({re.escape(release.comment) for release in known}))
    match = re.match(rf"\s*\(\*\s*({names})\s*(>=|<)(.*)", first_line)
    if match is None:
        return known
    at = Location(file, 1)
    inside = match[2] + match[3].partition("*)")[0]
    parts = [part.strip() for part in inside.split("&")]
    bounds = [_BOUND.fullmatch(part) for part in parts]
    if not all(bounds) or "*)" not in match[3] or len({bound[1] for bound in bounds if bound}) < len(bounds):
        raise refused(at, f"the first line says which releases it is for as (* {match[1]} >= a.b.c & < d.e.f *)")
    admitted = tuple(
        release
        for release in known
        if release.comment == match[1] and all(bound and _admits(bound, release.version) for bound in bounds)
    )
    if not admitted:
        there = ", ".join(str(release.version) for release in known)
        raise refused(
            at,
            f"this configuration is for {match[1]} {inside.strip()}, but the supported releases are {there}: change the first "
            "line if it is for one of them",
        )
    return admitted


def _admits(bound: re.Match[str], version: Version) -> bool:
    said = Version(bound[2])
    return version >= said if bound[1] == ">=" else version < said
