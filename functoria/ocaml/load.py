"""A config.ml evaluated: read, checked for names, and run to the application that it registers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from attr import define, field

from functoria.errors import ConfigError, FunctoriaError
from functoria.location import Location
from functoria.ocaml import syntax
from functoria.ocaml.dsl import TypesOfFile
from functoria.ocaml.errors import refused
from functoria.ocaml.evaluate import Evaluator
from functoria.ocaml.others import others
from functoria.ocaml.reader import first_line, read
from functoria.ocaml.release import Release, fitting, named, releases
from functoria.ocaml.scope import Made, Names, Scope
from functoria.ocaml.stdlib import pervasives
from functoria.ocaml.uncaught import uncaught
from functoria.ocaml.values import Raised
from functoria.ocaml.world import Surroundings
from functoria.plan.app import App

T = TypeVar("T")


@define
class Session:
    """One evaluation of a file: what it sees, and what it has registered."""

    world: Surroundings
    memory: dict[str, Any] = field(factory=dict)
    """What an evaluation keeps for the next one, where it has to be run again."""
    again: bool = False
    """Whether it has to be run again, with what was kept."""
    apps: list[App] = field(factory=list)
    types: TypesOfFile = field(factory=TypesOfFile)

    def registering(self, register: Callable[..., App]) -> Callable[..., None]:
        """`register`, as a configuration calls it: what it gives is kept."""

        def keep(*arguments: Any, **named: Any) -> None:
            self.apps.append(register(*arguments, **named))

        keep.registers = register  # type: ignore[attr-defined]  # for translations
        return keep


def load(path: Path | str, *, release: str | None = None, environment: Mapping[str, str] | None = None) -> App:
    """The application that the config.ml at `path` registers.

    `release` is the version of the release that it is for, or the beginning of one, where its first line and the names that it
    uses do not say; `environment` is what `Sys.getenv` sees, that of the process if left out. Nothing is run or written: what
    a device's hooks would do when the unikernel is built is refused when it is needed.

    Raises ConfigError for a file that is missing, is not OCaml, uses what is not read, or registers nothing; TypeMismatch for
    what OCaml's type checker would refuse of devices; and what constructors of devices raise: each with the place in the file.
    """
    file = Path(path)
    return loads(source_of(file), str(file.absolute()), release=release, environment=environment)


def source_of(file: Path) -> bytes:
    """Read the config.ml `file`. Raises ConfigError."""
    try:
        return file.read_bytes()
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        why = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {said}"
        raise ConfigError(f"the configuration {file} {why}: name one with -f FILE", objects=[file]) from error


def loads(
    source: bytes | str,
    file: str = "config.ml",
    *,
    release: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> App:
    """The application that the program `source` registers, which is said to be of `file`. As `load` otherwise."""
    raw = source.encode() if isinstance(source, str) else source
    session, _, _ = evaluated(raw, file, release, _run, environment)
    return session.apps[-1]


def evaluated(
    source: bytes,
    file: str,
    release: str | None,
    run: Callable[[Session, tuple[syntax.Item, ...], Release, str], T],
    environment: Mapping[str, str] | None = None,
) -> tuple[Session, Release, T]:
    """Have `run` evaluate the program `source`, again as long as an evaluation keeps something for the next one.

    Returns the last evaluation, which has registered an application, the release, and what `run` gave. Raises what `load` does.
    """
    seen = os.environ if environment is None else environment
    memory: dict[str, Any] = {}
    try:
        items = read(source, file)
        chosen = _release(items, first_line(source), file, release)
        while True:
            session = _session(file, seen, memory)
            result = run(session, items, chosen, file)
            if not session.again:
                break
    except Raised as raised:
        raise uncaught(raised, Location(file, 1)) from None
    except RecursionError:
        raise refused(
            Location(file, 1), "this configuration is nested too deeply, or calls itself too deeply"
        ) from None
    if not session.apps:
        raise ConfigError(
            f'{file} registers no application: end with let () = register "hello" [ main $ default_time ]',
            objects=[file],
        )
    return session, chosen, result


def scope_of(session: Session, release: Release, file: str) -> Scope:
    """What a file sees where it begins, with errors for names that say which release has them."""
    scope = Scope(_layers(session, release))
    scope.unknown = _Unknown(scope, release, releases(), file)
    return scope


def _session(file: str, environment: Mapping[str, str], memory: dict[str, Any]) -> Session:
    directory = os.path.dirname(file) or os.getcwd()
    return Session(Surroundings(os.path.realpath(directory), os.path.basename(file), environment), memory)


def _layers(session: Session, release: Release) -> list[Names]:
    names = pervasives(session.world)
    names.modules |= others() | release.modules(session)
    return [names, Names()]


def _run(session: Session, items: tuple[syntax.Item, ...], release: Release, file: str) -> None:
    scope = scope_of(session, release, file)
    evaluator = Evaluator(scope, session.world.budget)
    codes = evaluator.items(items)
    for code in codes:
        code(evaluator.globals)


def _release(items: tuple[syntax.Item, ...], line: str, file: str, asked: str | None) -> Release:
    """The release that a file is of: the one asked for, else one that its first line admits, with the names that it uses."""
    known = releases()
    if asked is not None:
        return named(asked, fitting(line, file, (named(asked, known),)))
    fit = fitting(line, file, known)
    if len(fit) == 1:
        return fit[0]
    least: tuple[int, Release] | None = None
    for release in fit:
        missing = _missing(items, release, file)
        if least is None or missing < least[0]:
            least = (missing, release)
        if not missing:
            break
    assert least is not None
    return least[1]


class _Lacking(Exception):  # a signal
    pass


class _Counting(Scope):
    """A scope in which unknown names stand for anything, and are kept."""

    def __init__(self, layers: list[Names]) -> None:
        super().__init__(layers)
        self.lacking: list[str] = []
        self.unknown = self._lacks
        self._anything = Names("", library=lambda name: ())

    def _lacks(self, kind: str, name: str, at: Location) -> FunctoriaError:
        self.lacking.append(name)
        raise _Lacking

    def module(self, path: tuple[str, ...], at: Location) -> Names:
        try:
            return super().module(path, at)
        except _Lacking:
            return self._anything

    def _find(self, kind: str, path: tuple[str, ...], at: Location, look: Callable[[Names], Any]) -> Any:
        try:
            return super()._find(kind, path, at, look)
        except _Lacking:
            return Made(path[-1], True) if kind == "constructor" else ()


def _missing(items: tuple[syntax.Item, ...], release: Release, file: str) -> int:
    """How many names a file uses that a release does not have."""
    session = _session(file, {}, {})
    scope = _Counting(_layers(session, release))
    try:
        Evaluator(scope, session.world.budget).items(items)
    except FunctoriaError:
        return len(scope.lacking) + 1
    return len(scope.lacking)


class _Unknown:
    """Says of an unknown name which release has it, and which name of this one is near."""

    def __init__(self, scope: Scope, release: Release, known: tuple[Release, ...], file: str) -> None:
        self.scope = scope
        self.release = release
        self.known = known
        self.file = file

    def __call__(self, kind: str, name: str, at: Location) -> FunctoriaError:
        last = name.rpartition(".")[2]
        having = [release for release in self.known if release is not self.release and self._has(release, kind, last)]
        message = f"there is no {kind} {name} in {self.release}"
        if having:
            message += f", but {having[0]} has it"
        near = get_close_matches(last, self._names(kind), 1, 0.6)
        if near:
            message += f": did you mean {near[0]}?"
        elif having:
            message += f": say --release {having[0].version} if this is for that"
        return refused(at, message, objects=[name])

    def _has(self, release: Release, kind: str, name: str) -> bool:
        modules = release.modules(_session(self.file, {}, {}))
        return any(name in self._of(names, kind) for names in _all(modules))

    def _of(self, names: Names, kind: str) -> list[str]:
        if kind == "value":
            return names.names()
        tables: dict[str, Any] = {
            "module": names.modules,
            "constructor": names.constructors,
            "class": names.classes,
        }
        return list(tables.get(kind, ()))

    def _names(self, kind: str) -> list[str]:
        return [name for layer in self.scope.layers for name in self._of(layer, kind) if len(name) > 2]


def _all(modules: Mapping[str, Names]) -> list[Names]:
    found: dict[int, Names] = {}
    pending = list(modules.values())
    while pending:
        names = pending.pop()
        if id(names) not in found:
            found[id(names)] = names
            pending.extend(names.modules.values())
    return list(found.values())
