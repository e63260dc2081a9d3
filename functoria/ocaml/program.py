"""Everything that the evaluation of a config.ml depends on, so that it can be repeated anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

from attr import define, field

from functoria.errors import ConfigError, FunctoriaError, TypeMismatch
from functoria.location import Location
from functoria.ocaml import syntax
from functoria.ocaml.depth import too_deep
from functoria.ocaml.dsl import TypesOfFile
from functoria.ocaml.errors import refused
from functoria.ocaml.evaluate import Evaluator
from functoria.ocaml.nodes import not_closed
from functoria.ocaml.numbered import Numbering, numbering
from functoria.ocaml.others import others
from functoria.ocaml.reader import read
from functoria.ocaml.release import Release, named, releases
from functoria.ocaml.scope import Names, Scope
from functoria.ocaml.state import State
from functoria.ocaml.stdlib import pervasives
from functoria.ocaml.uncaught import uncaught
from functoria.ocaml.unknown import Unknown, labelled
from functoria.ocaml.values import Raised
from functoria.ocaml.world import Answers, Surroundings
from functoria.plan.app import App

T = TypeVar("T")


@define
class Session:
    """One evaluation of a program: its surroundings, and the application that it registered."""

    world: Surroundings
    memory: dict[str, Any] = field(factory=dict)
    """Notes that an evaluation leaves for the next one if it has to be repeated."""
    again: bool = False
    """Whether it has to be repeated with what was kept."""
    lacks: bool = False
    """Whether it uses a name that the release lacks."""
    brief: bool = False
    """Whether the error for a name that the release lacks can be short, since another release is tried."""
    apps: list[App] = field(factory=list)
    types: TypesOfFile = field(factory=TypesOfFile)

    def registering(self, register: Callable[..., App]) -> Callable[..., None]:
        """Wrap `register` to keep the application that a configuration registers."""

        def keep(*arguments: Any, **named: Any) -> None:
            self.apps.append(register(*arguments, **named))

        keep.registers = register  # type: ignore[attr-defined]  # for translations
        return keep


def session_of(
    file: str, environment: Mapping[str, str], memory: dict[str, Any] | None = None, answers: Answers | None = None
) -> Session:
    """Prepare an evaluation of `file`."""
    directory = os.path.realpath(os.path.dirname(file) or os.getcwd())
    world = Surroundings(directory, os.path.basename(file), environment, {} if answers is None else answers)
    return Session(world, {} if memory is None else memory)


def layers(session: Session, release: Release) -> list[Names]:
    """Return the names visible at the beginning of a file."""
    names = pervasives(session.world)
    names.modules |= others() | release.modules(session)
    return [names, Names()]


def scope_of(session: Session, release: Release, file: str) -> Scope:
    """Return the scope at the beginning of a file; its errors for unknown names tell which release has them."""
    scope = Scope(layers(session, release))
    unknown = Unknown(scope, release, releases(), lambda other: other.modules(session_of(file, {})))

    def lacking(kind: str, name: str, at: Location, within: Names | None) -> FunctoriaError:
        session.lacks = True
        if session.brief:
            return refused(at, f"there is no {kind} {name} in {release}", objects=[name])
        error = unknown(kind, name, at, within)
        beside = f"{name[:1].lower()}{name[1:]}.ml"
        if kind == "module" and os.path.isfile(os.path.join(session.world.directory, beside)):
            error.message += f". A configuration is read from one file: put what it needs of {beside} into it"
        return error

    scope.unknown = lacking
    return scope


Run = Callable[[Session, Iterator[syntax.Item], Release, str], T]


def run(session: Session, items: Iterator[syntax.Item], release: Release, file: str) -> None:
    """Evaluate a program."""
    evaluator = Evaluator(scope_of(session, release, file), session.world.budget)
    for _ in evaluator.evaluated(items):
        pass


class Program(Numbering):
    """The source of a configuration, its file, the version of its release, and the answers that it got from its surroundings.

    Programs with equal fields are equal. What a program makes is pickled as the program and a number.
    """

    def __init__(self, source: bytes, file: str, release: str, answers: Answers | None = None) -> None:
        super().__init__()
        self.source = source
        self.file = file
        self.release = release
        self.answers: Answers = {} if answers is None else answers
        self.brief = False
        """Whether the error for such a name can be short."""
        self.lacks = False
        """Whether an evaluation met a name that the release lacks."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Program):
            return NotImplemented
        return self is other or self._said() == other._said()

    def __hash__(self) -> int:
        return hash((self.source, self.file, self.release))

    def _said(self) -> tuple[object, ...]:
        return (self.source, self.file, self.release, self.answers)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Program, self._said())

    def evaluate(self, run: Run[T], environment: Mapping[str, str]) -> tuple[Session, Release, T]:
        """Evaluate this program with `run`, repeatedly as long as an evaluation keeps something for the next.

        Return the last evaluation, the release, and the result of `run`. Raises ConfigError for an uncaught OCaml exception,
        and if nothing was registered.
        """
        release = named(self.release, releases())
        memory: dict[str, Any] = {}
        place = Location(self.file, 1)
        for name, value in environment.items():
            if (
                f'"{name}"'.encode("utf-8", "surrogateescape") in self.source
            ):  # answers needed only later are known as well
                self.answers.setdefault(("variable", name), value)
        try:
            while True:
                session = session_of(self.file, environment, memory, self.answers)
                session.brief = self.brief
                session.world.directory = self.answers.setdefault(("directory", ""), session.world.directory)
                self.count = 0
                self.state = State()
                for table in (session.types.known, session.types.names, session.types.numbers):
                    self.state.keep(table)
                if self.kept is not None:
                    self.kept.clear()
                token = numbering.set(self)
                try:
                    result = run(session, read(self.source, self.file), release, self.file)
                finally:
                    numbering.reset(token)
                    self.lacks = session.lacks
                self.state.settle()
                if not session.again:
                    break
        except TypeMismatch as error:
            others = [other for other in releases() if other is not release]
            labelled(error, others, lambda other: other.modules(session_of(self.file, {})))
            raise
        except Raised as raised:
            raise uncaught(raised, place) from None
        except RecursionError as error:
            raise too_deep(error, self.file) from None
        if not session.apps:
            raise not_closed(self.source, self.file) or ConfigError(
                f"{os.path.basename(self.file)} registers no application",
                remedy='end with let () = register "hello" [ main $ default_time ]',
                objects=[self.file],
                locations=[Location(self.file, self.source.rstrip().count(b"\n") + 1)],
            )
        return session, release, result

    def thing(self, number: int) -> Any:
        """Return the thing with this number, evaluating again if another process made it. Raises ConfigError."""
        kept = _again(self)
        if number >= len(kept):
            raise ConfigError(
                f"evaluating {self.file} again gives fewer objects: they were pickled by another version of this library",
                objects=[self.file],
            )
        return kept[number]


@lru_cache(maxsize=32)
def _again(program: Program) -> list[Any]:
    """Evaluate a program in this process, with the answers that it got before; return what it makes, in order."""
    program.kept = []
    with suppress(FunctoriaError):  # it failed before too, if what was pickled belongs to an error
        program.evaluate(run, {})
    return program.kept
