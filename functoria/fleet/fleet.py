"""Fleets of cases, and the operations over all of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attr import evolve, field, frozen

from functoria.errors import FunctoriaError, FunctoriaWarning, InvalidValue, UnknownKey
from functoria.fleet.case import Case, Pattern
from functoria.fleet.configuration import of
from functoria.fleet.contents import Reader
from functoria.fleet.description import described
from functoria.fleet.discovery import discover
from functoria.fleet.engine import Engine, Here, check, engine, is_apart
from functoria.fleet.group import Axes, Group, axes_of, unknown, unmatched
from functoria.fleet.holding import held
from functoria.fleet.labels import labels
from functoria.fleet.operations import Asked, Built, Expand, Outlined, Written
from functoria.fleet.outline import Outline
from functoria.fleet.result import Result, located, read
from functoria.fleet.store import Store
from functoria.fleet.stream import Finished, Stream, failed
from functoria.fleet.work import Done, Operation
from functoria.plan.app import App

if TYPE_CHECKING:
    from functoria.fleet.audits import Finding, Terms
    from functoria.opam.repository import Repository

T = TypeVar("T")
_NOTHING: Mapping[str, Any] = {"values": {}}
_TOGETHER = 16
"""The number of plans of one configuration in a task."""


@frozen
class _How:
    """Options for running a fleet and keeping its results; see `Fleet`."""

    executor: Executor | None = None
    jobs: int | None = None
    store: Path | str | None = None
    fresh: bool = False
    window: int | None = None

    def keeping(self) -> AbstractContextManager[Store | None]:
        """The store while it is open; None without one."""
        return nullcontext() if self.store is None else closing(Store(self.store))


def _groups(cases: Iterable[Case | Group]) -> tuple[Group, ...]:
    groups = []
    for case in cases:
        if not isinstance(case, (Case, Group)):
            raise InvalidValue(
                f"a fleet consists of cases, not of {case!r}: make one with Case.of(application, choices)",
                objects=[case],
            )
        groups.append(case if isinstance(case, Group) else Group(case.configuration, dict(case.choices)))
    told = labels([group.configuration for group in groups])
    return tuple(
        group if group.configuration.label == label else evolve(group, configuration=of(group.configuration, label))
        for group, label in zip(groups, told, strict=True)
    )


@frozen
class Fleet:
    """Many cases: an iterable of them, each a configuration with choices.

    Make one from cases, or with `Fleet.of` (applications and paths), `Fleet.discover` (a directory) or `Fleet.read` (a TOML
    file). Targets that only a configuration knows are determined when the fleet is iterated or run.

    Methods that run a fleet share some arguments. `executor` is any executor of `concurrent.futures`, or `jobs` the number of
    processes on this machine; the default is one for each core, or none for a small fleet. `store` is the path of a file that
    keeps results: a further run with it does only what is missing or has changed or, with `fresh`, everything. `window` limits
    the number of tasks in progress. Results come in the order of the cases, as they are done, so memory use stays constant.
    """

    groups: tuple[Group, ...] = field(converter=_groups)
    isolated: bool = field(default=False, eq=False, repr=False, kw_only=True)
    """Whether even a small fleet runs in another process, so that a configuration cannot end this one."""

    @classmethod
    def of(
        cls,
        configurations: App | Path | str | Iterable[App | Path | str],
        *,
        targets: Sequence[str] | str | None = None,
        matrix: Axes | None = None,
        keys: Mapping[str, Any] | None = None,
    ) -> Fleet:
        """Make the fleet of applications, and of files at paths.

        Each is planned for all combinations of `targets` (values, or "all") and of the values in `matrix` for other keys; `keys`
        are values for all cases. Raises InvalidValue.
        """
        axes = axes_of(targets, matrix)
        several = isinstance(configurations, Iterable) and not isinstance(configurations, str)
        given: Iterable[Any] = configurations if several else [configurations]  # type: ignore[assignment]
        return cls([Group(of(each), dict(keys or {}), axes) for each in given])

    @classmethod
    def discover(
        cls,
        directory: Path | str,
        *,
        targets: Sequence[str] | str | None = None,
        matrix: Axes | None = None,
        keys: Mapping[str, Any] | None = None,
        release: str | None = None,
    ) -> Fleet:
        """Make the fleet of each config.py and config.ml below `directory`. `release` is that of each config.ml.

        For the other arguments see `of`.

        Raises ConfigError if there is no configuration, and InvalidValue.
        """
        axes = axes_of(targets, matrix)
        return cls([Group(file, dict(keys or {}), axes) for file in discover(directory, release)])

    @classmethod
    def read(cls, path: Path | str) -> Fleet:
        """Read the fleet that the TOML file at `path` describes. Raises ConfigError."""
        return cls(described(path))

    def excluding(self, *patterns: Mapping[str, Any]) -> Fleet:
        """Return the fleet without the cases that match any of `patterns`: mappings from names of keys to texts with `*` and `?`.

        `configuration` stands for the label of the configuration. Raises InvalidValue.
        """
        without = tuple(map(Pattern.of, patterns))
        return evolve(self, groups=[evolve(group, without=(*group.without, *without)) for group in self.groups])

    def __add__(self, other: Fleet) -> Fleet:
        if not isinstance(other, Fleet):
            return NotImplemented
        return Fleet([*self.groups, *other.groups], isolated=self.isolated or other.isolated)

    def __iter__(self) -> Iterator[Case]:
        """Iterate over the cases in order. Loads configurations whose targets are not listed; one that fails is a single case."""
        for entry in self._cases(Here(), Reader(), None):
            yield entry.case if isinstance(entry, Finished) else entry

    @property
    def size(self) -> int:
        """Estimate the number of cases, without loading anything."""
        return sum(group.size for group in self.groups)

    def plans(
        self,
        executor: Executor | None = None,
        *,
        jobs: int | None = None,
        store: Path | str | None = None,
        fresh: bool = False,
        window: int | None = None,
    ) -> Iterator[Result[Outline]]:
        """Plan each case. The value of a result is the outline of the plan."""
        return self._run(Outlined(), Outline, _How(executor, jobs, store, fresh, window), light=True)

    def query(
        self,
        question: str,
        executor: Executor | None = None,
        *,
        jobs: int | None = None,
        store: Path | str | None = None,
        fresh: bool = False,
        window: int | None = None,
    ) -> Iterator[Result[Any]]:
        """Ask each plan for packages, libraries, devices, keys, files, name, opam, or the text of a file, such as main.ml."""
        return self._run(Asked(question), _as_it_is, _How(executor, jobs, store, fresh, window), light=True)

    def write(
        self,
        directory: Path | str,
        executor: Executor | None = None,
        *,
        jobs: int | None = None,
        force: bool = False,
        window: int | None = None,
    ) -> Iterator[Result[Mapping[str, Sequence[str]]]]:
        """Write each case to a directory of its own in `directory`; see `Case.directory`.

        The value of a result lists the files that were written, removed and kept. Files that are up to date are not touched.
        Workers on other machines only plan; this process then writes.
        """
        how = _How(executor, jobs, window=window)
        return self._run(
            Written(str(directory), force), _as_it_is, how, light=True, into=directory, here=is_apart(executor)
        )

    def audit(
        self,
        repository: Repository,
        executor: Executor | None = None,
        *,
        terms: Terms | None = None,
        jobs: int | None = None,
        store: Path | str | None = None,
        fresh: bool = False,
        window: int | None = None,
    ) -> Iterator[Result[Finding]]:
        """Compare the packages of each case with `repository`, a `functoria.opam.repository.Repository`.

        The executor plans the cases; this process compares. `terms` describe the system. Needs the extra `functoria[audit]`.
        """
        from functoria.fleet.audits import Terms, audited, of_finding

        planned = self.plans(executor, jobs=jobs, store=store, fresh=fresh, window=window)
        return (of_finding(*each) for each in audited(planned, repository, terms or Terms()))

    def solve(
        self,
        repository: Repository,
        executor: Executor | None = None,
        *,
        terms: Terms | None = None,
        jobs: int | None = None,
        store: Path | str | None = None,
        fresh: bool = False,
        window: int | None = None,
    ) -> Iterator[Result[Finding]]:
        """Audit each case, and ask opam whether its packages can be installed together.

        All cases are planned first. Each distinct question is put to opam once, separately: with `jobs` runs of opam at a time on
        this machine, or by the workers of the executor, which need opam and receive the part of the repository that the packages
        can need. Raises BuildError without opam.
        """
        from functoria.fleet.audits import Terms, audited, solved

        planned = self.plans(executor, jobs=jobs, store=store, fresh=fresh, window=window)
        chosen = terms or Terms()
        found = audited(planned, repository, chosen)

        def answered() -> Iterator[Result[Finding]]:
            with _How(store=store).keeping() as kept:
                yield from solved(found, repository, chosen, executor=executor, jobs=jobs, store=kept, fresh=fresh)

        return answered()

    def build(
        self,
        directory: Path | str,
        executor: Executor | None = None,
        *,
        jobs: int | None = None,
        store: Path | str | None = None,
        fresh: bool = False,
        window: int | None = None,
        dune: Sequence[str] | None = None,
        force: bool = False,
    ) -> Iterator[Result[Path]]:
        """Build each case in a directory of its own in `directory`. The value of a result is the path of the program.

        A worker on another machine builds in a temporary directory and sends the program back. `dune` replaces the first word of
        the command. A program of an earlier run is not built again as long as its file is unchanged.
        """
        operation = Built(str(directory), is_apart(executor), None if dune is None else tuple(dune), force)
        return self._run(
            operation, operation.path, _How(executor, jobs, store, fresh, window), light=False, into=directory
        )

    def _cases(self, engine: Engine, reader: Reader, store: Store | None) -> Iterator[Case | Finished]:
        """Yield the cases; for a configuration that fails while its targets are determined, yield that.

        Warns at the end about exclusions that match nothing.
        """
        texts: dict[Pattern, list[Mapping[str, Sequence[str]]]] = {}
        unsure: set[Pattern] = set()
        """The cases of a configuration that fails are not known, and might have matched."""
        opened: list[tuple[Group, Mapping[str, Any]]] = []
        names = dict.fromkeys(group.open for group in self.groups if group.open)
        streams = {each: self._asked(each, engine, reader, store) for each in names}
        for group in self.groups:
            done: Done = next(streams[group.open]).done if group.open else {"outcome": "done", "value": _NOTHING}
            if done["outcome"] == "done":
                known = done["value"]["values"]
                if group.open:
                    opened.append((group, done["value"]))
                yield from group.cases(known)
                for pattern in group.without:
                    texts.setdefault(pattern, []).append(group.texts(known))
                continue
            unsure.update(group.without)
            case = group.alike
            if not any(pattern.matches(case) for pattern in group.without):
                yield Finished(case, done)
        idle = unmatched({pattern: groups for pattern, groups in texts.items() if pattern not in unsure})
        for said, place in (*idle, *unknown(opened)):
            warnings.warn(FunctoriaWarning(said, locations=[place]), stacklevel=2)

    def _asked(self, names: tuple[str, ...], engine: Engine, reader: Reader, store: Store | None) -> Iterator[Finished]:
        cases = (Case(group.configuration) for group in self.groups if group.open == names)
        return Stream(Expand(names), engine, store=store, reader=reader).of(cases)

    def _run(
        self,
        operation: Operation,
        value: Callable[[Any], T],
        how: _How,
        *,
        light: bool,
        into: Path | str | None = None,
        here: bool = False,
    ) -> Iterator[Result[T]]:
        """Check the arguments at once, and yield results lazily. See `_results`."""
        check(how.executor, how.jobs, how.window)
        return self._results(operation, value, how, light, into, here)

    def _results(
        self,
        operation: Operation,
        value: Callable[[Any], T],
        how: _How,
        light: bool,
        into: Path | str | None,
        here: bool,
    ) -> Iterator[Result[T]]:
        """Yield results. With `here`, workers only plan, and this process does the rest."""
        finished = False
        reader = Reader()
        together = _TOGETHER if light else 1
        with nullcontext() if into is None else held(Path(into)), how.keeping() as store:
            chosen = engine(how.executor, how.jobs, self.size, light=light, window=how.window, isolated=self.isolated)
            try:
                cases: Iterator[Case | Finished] = self._cases(chosen, reader, store)
                if into is not None:
                    cases = _apart(cases, Path(into))
                if here:
                    cases = _plannable(Stream(Outlined(), chosen, reader=reader, together=together).of(cases))
                by = Here() if here else chosen
                stream = Stream(operation, by, store=store, reader=reader, together=together, fresh=how.fresh)
                for each in stream.of(cases):
                    yield result(each, value)
                finished = True
            finally:
                chosen.close(at_once=not finished)


def result(finished: Finished, value: Callable[[Any], T]) -> Result[T]:
    """Return the result of a finished case, with its value converted by `value`."""
    done = finished.done
    return Result(
        finished.case,
        done["outcome"],
        value(done["value"]) if done["outcome"] == "done" else None,
        None if done["outcome"] == "done" else _error(finished),
        done["seconds"],
        tuple(FunctoriaWarning(each["message"], locations=located(each["at"])) for each in done["warnings"]),
        done["output"],
        finished.kept,
    )


def _error(finished: Finished) -> FunctoriaError:
    """Return the error of a finished case; if it is about one of its choices, with the place where that was written."""
    error = read(finished.done["error"])
    said = finished.case.said.get(finished.done.get("choice") or "")
    return error if said is None else error.at(said.key if isinstance(error, UnknownKey) else said.value)


def _plannable(planned: Iterable[Finished]) -> Iterator[Case | Finished]:
    """Yield the cases that could be planned, and the results of the others."""
    return (each.case if each.done["outcome"] == "done" else each for each in planned)


def _as_it_is(value: Any) -> Any:
    return value


def _apart(cases: Iterator[Case | Finished], directory: Path) -> Iterator[Case | Finished]:
    """Yield `cases`, but refuse one with the directory of another, because two workers must not write to it."""
    taken: dict[str, Case] = {}
    for entry in cases:
        if isinstance(entry, Case):
            other = taken.setdefault(entry.directory, entry)
            if other is not entry:
                where = directory / entry.directory
                said = InvalidValue(
                    f"{entry} is in the fleet twice, and would be written to {where} twice: leave one out"
                    if other == entry
                    else f"{entry} would be written to {where}, as {other} is: give one of their configurations another label",
                    objects=[entry, other],
                )
                yield Finished(entry, failed(said))
                continue
        yield entry
