"""Options of commands that read opam repositories or run opam, and parsing of their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import attr
import click

from functoria.errors import FunctoriaError
from functoria.opam.limits import LIMITS as DEFAULTS
from functoria.opam.limits import Limits
from functoria.opam.shelf import cache_directory
from functoria.progress import working

if TYPE_CHECKING:
    from functoria.bounds import Bounds
    from functoria.opam.repository import Repository
    from functoria.version import Version

_DEFAULTS = ", ".join(f"{name}={most}" for name, most in attr.asdict(DEFAULTS).items())

REPOSITORIES = click.Option(
    ["-r", "--repository", "repositories"],
    multiple=True,
    metavar="PLACE",
    type=click.Path(exists=True, path_type=Path),
    help="An opam repository: a directory or an archive. May be repeated; the first takes precedence.",
)
OCAML = click.Option(
    ["--ocaml"], metavar="BOUNDS", help="The versions of OCaml to consider, as in '>=4.07,<4.15'. Default: all."
)
VARIABLES = click.Option(
    ["--var", "variables"],
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable of opam that differs from this machine's, as in os=macos.",
)
SECONDS = click.Option(
    ["--seconds"],
    metavar="N",
    type=click.IntRange(min=1),
    default=300,
    help="The time limit for each run of opam. Default: 300.",
)
CACHE = click.Option(
    ["--cache"],
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The cache directory for parsed opam files and opam's roots. Default: the user's.",
)
LIMITS = click.Option(
    ["--limit", "limits"],
    multiple=True,
    metavar="NAME=NUMBER",
    help=f"A limit for reading repositories: {_DEFAULTS}.",
)


def kept(cache: Path | None) -> Path | None:
    """Return the directory of `--cache`, by default in the user's cache; None without one."""
    return cache_directory() if cache is None else cache


def read(places: Sequence[Path], cache: Path | None, limits: Limits) -> Repository:
    """Read the repositories in `places`, with progress on a terminal. Raises InvalidRepository."""
    from functoria.opam.repository import Repository  # most commands with these options can be given none

    with working(f"reading {', '.join(map(str, places))}"):
        return Repository.read(*places, cache=cache, limits=limits)


def pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """Parse the NAME=VALUE pairs `texts`, given by `option`. Raises UsageError."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise click.UsageError(f"{option} expects NAME=VALUE, not {text!r}")
        if name in found:
            raise click.UsageError(f"{option} gives {name} 2 times ({found[name]}, {value}): give it once")
        found[name] = value
    return found


def limits_of(texts: Iterable[str]) -> Limits:
    """Parse the values of `--limit`. Raises UsageError."""
    found = {}
    for name, number in pairs(texts, "--limit").items():
        if name not in attr.asdict(DEFAULTS) or not (number.isascii() and number.isdigit() and len(number) < 20):
            raise click.UsageError(f"--limit: {name}={number} is not one of {_DEFAULTS}, or other numbers")
        found[name] = int(number)
    return attr.evolve(DEFAULTS, **found)


def range_of(text: str | None) -> Bounds | None:
    """Parse the bounds of `--ocaml`. Raises UsageError."""
    from functoria.bounds import Bounds

    with usage("--ocaml: "):
        return None if text is None else Bounds.of_specifiers(text)


def release_of(text: str) -> tuple[str, Version]:
    """Parse the package and version of `--release`. Raises UsageError."""
    from functoria.opam.tree import release as accepted

    name, dot, version = text.partition(".")
    if not dot:
        raise click.UsageError(f"--release: {name} has no version: write PACKAGE.VERSION, as tcpip.9.1.0")
    with usage("--release: "):
        return name, accepted(name, version)


@contextmanager
def usage(where: str) -> Iterator[None]:
    """Turn errors within the block into usage errors, prefixed with `where`."""
    try:
        yield
    except FunctoriaError as error:
        raise click.UsageError(where + error.message) from None
