"""Load a config.ml: read it, check its names, and evaluate it to the application that it registers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from functoria.errors import ConfigError, FunctoriaError
from functoria.location import Location
from functoria.misspelling import near, unreadable
from functoria.ocaml import syntax
from functoria.ocaml.depth import too_deep
from functoria.ocaml.evaluate import Evaluator
from functoria.ocaml.program import Program, Run, Session, layers, run, session_of
from functoria.ocaml.reader import first_line, read
from functoria.ocaml.release import Release, fitting, named, releases
from functoria.ocaml.scope import Made, Names, Scope
from functoria.ocaml.unknown import seen
from functoria.plan.app import App

T = TypeVar("T")


def load(path: Path | str, *, release: str | None = None, environment: Mapping[str, str] | None = None) -> App:
    """Load the application that the config.ml at `path` registers.

    `release` is the version of the release that it is for, or a prefix of it; it is needed only if neither the first line of the
    file nor the names that it uses determine one. `environment` is what `Sys.getenv` sees, by default the process's. Nothing
    is run or written: where a device's hook would have to run a command, that is an error once the result is needed.

    Raises ConfigError if the file is missing, is not OCaml, uses what is not supported, or registers nothing; TypeMismatch for
    what OCaml's type checker would refuse; and what constructors of devices raise. Each error has its place in the file.
    """
    file = Path(path)
    return loads(source_of(file), str(file.absolute()), release=release, environment=environment)


def source_of(file: Path, remedy: str | None = None, suffixes: tuple[str, ...] = (".ml",)) -> bytes:
    """Read `file`. Raises ConfigError with the `remedy`, suggesting files that have one of the suffixes."""
    try:
        return file.read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigError(unreadable(file, error, remedy, suffixes), objects=[file]) from error


def loads(
    source: bytes | str,
    file: str = "config.ml",
    *,
    release: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> App:
    """Load the application that the program `source` registers, as `load` does; errors name `file`."""
    raw = source.encode() if isinstance(source, str) else source
    session, _, _ = evaluated(raw, file, release, run, environment)
    return session.apps[-1]


def evaluated(
    source: bytes, file: str, release: str | None, run: Run[T], environment: Mapping[str, str] | None = None
) -> tuple[Session, Release, T]:
    """Evaluate the program `source` with `run`.

    Return the last evaluation, which registered an application, the release, and the result of `run`. Raises what `load` does.
    """
    seen = os.environ if environment is None else environment
    known, line = releases(), first_line(source)
    fit = fitting(line, file, known if release is None else (named(release, known),))
    program = Program(source, file, str(fit[0].version))
    program.brief = len(fit) > 1  # another release may have what the first lacks
    try:
        return program.evaluate(run, seen)
    except FunctoriaError:
        if len(fit) == 1 or not program.lacks:
            raise
        chosen = _nearest(source, fit, file)
    return Program(source, file, str(chosen.version)).evaluate(run, seen)


def _nearest(source: bytes, releases: Sequence[Release], file: str) -> Release:
    """Return the release that lacks the fewest of the names that a file uses; the first of them if there are several."""
    try:
        items = tuple(read(source, file))
    except RecursionError as error:
        raise too_deep(error, file) from None
    lacking = {release: _missing(items, release, file) for release in releases}
    least = min(len(names) for names in lacking.values())
    best = [release for release, names in lacking.items() if len(names) == least]
    return min(best, key=lambda release: _unlike(lacking[release])) if len(best) > 1 else best[0]


def _unlike(names: Sequence[tuple[str, Sequence[str]]]) -> int:
    """Count those of the first few names that are unlike any name of the release."""
    return sum(not near(name, there) for name, there in names[:_TRIED])


_TRIED = 8
"""The number of unknown names that are checked for misspellings."""


class _Lacking(Exception):  # a signal
    pass


class _Counting(Scope):
    """A scope that accepts unknown names and collects them."""

    def __init__(self, layers: list[Names]) -> None:
        super().__init__(layers)
        self.lacking: list[tuple[str, list[str]]] = []
        """The names that are not there, each with those that it may be a misspelling of."""
        self.unknown = self._lacks
        self._anything = Names("", library=lambda name: ())

    def _lacks(self, kind: str, name: str, at: Location, within: Names | None) -> FunctoriaError:
        self.lacking.append((name.rpartition(".")[2], seen(self, kind, within)))
        raise _Lacking

    def module(self, path: tuple[str, ...], at: Location) -> Names:
        try:
            return super().module(path, at)
        except _Lacking:
            return self._anything

    def record(self, fields: set[str], path: tuple[str, ...], at: Location) -> tuple[str, ...]:
        try:
            return super().record(fields, path, at)
        except _Lacking:
            return ()

    def _find(self, kind: str, path: tuple[str, ...], at: Location, look: Callable[[Names], Any]) -> Any:
        try:
            return super()._find(kind, path, at, look)
        except _Lacking:
            return Made(path[-1], True) if kind == "constructor" else ()


def _missing(items: tuple[syntax.Item, ...], release: Release, file: str) -> list[tuple[str, list[str]]]:
    """Return the names that a file uses and a release lacks, each with those of its names that it may be a misspelling of."""
    session = session_of(file, {})
    scope = _Counting(layers(session, release))
    try:
        Evaluator(scope, session.world.budget).items(items)
    except FunctoriaError:
        scope.lacking.append(("", []))
    return scope.lacking
