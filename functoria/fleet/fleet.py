"""Fleets: cases, and what is done with all of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attr import evolve, field, frozen

from functoria.errors import FunctoriaWarning, InvalidValue
from functoria.fleet.case import Case, Pattern
from functoria.fleet.configuration import of
from functoria.fleet.contents import MARK, Reader
from functoria.fleet.description import described
from functoria.fleet.discovery import discover
from functoria.fleet.engine import Engine, Here, check, engine, is_apart
from functoria.fleet.group import Axes, Group, axes_of, idle
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
_TOGETHER = 16
"""How many plans of one configuration are one task."""


@frozen
class _How:
    """Where a fleet is run, and where what is done is kept, as `Fleet` says."""

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
                f"a fleet is of cases, not of {case!r}: make one by Case.of(application, choices)", objects=[case]
            )
        groups.append(case if isinstance(case, Group) else Group(case.configuration, dict(case.choices)))
    return tuple(groups)


@frozen
class Fleet:
    """Many cases: an iterable of them, each a configuration with choices.

    Made of cases, by `Fleet.of` of applications and paths, by `Fleet.discover` of a directory, by `Fleet.read` of a TOML file.
    Where a configuration decides which targets there are, they are found when the fleet is iterated or run.

    What runs a fleet takes `executor`, any of `concurrent.futures`, or `jobs`, the number of processes on this machine; by
    default as many as there are cores, or none for a small fleet. It takes `store`, the path of a file in which what is done is
    kept; run again with it, only what is missing or was changed is done, or with `fresh` all. It takes `window`, the most tasks
    that may be under way. Results come in the order of the cases, as they are done: memory does not grow with the fleet.
    """

    groups: tuple[Group, ...] = field(converter=_groups)
    isolated: bool = field(default=False, eq=False, repr=False, kw_only=True)
    """Whether a small fleet is not done in this process either, but in one other, which a configuration may end."""

    @classmethod
    def of(
        cls,
        configurations: App | Path | str | Iterable[App | Path | str],
        *,
        targets: Sequence[str] | str | None = None,
        matrix: Axes | None = None,
        keys: Mapping[str, Any] | None = None,
    ) -> Fleet:
        """The fleet of applications, and of files at paths.

        Each is taken for all combinations of `targets` (values, or "all") and of the values that `matrix` has for other keys;
        `keys` are values of all. Raises InvalidValue.
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
        """The fleet of each config.py and config.ml below `directory`, as by `of`. `release` is what each config.ml is for.

        Raises ConfigError where there is none, and InvalidValue.
        """
        axes = axes_of(targets, matrix)
        return cls([Group(file, dict(keys or {}), axes) for file in discover(directory, release)])

    @classmethod
    def read(cls, path: Path | str) -> Fleet:
        """The fleet that the TOML file at `path` describes. Raises ConfigError."""
        return cls(described(path))

    def excluding(self, *patterns: Mapping[str, Any]) -> Fleet:
        """The fleet without cases that match any of `patterns`, each from names of keys to texts with `*` and `?`.

        `configuration` stands for the label of the configuration. Raises InvalidValue.
        """
        without = tuple(map(Pattern.of, patterns))
        return evolve(self, groups=[evolve(group, without=(*group.without, *without)) for group in self.groups])

    def __add__(self, other: Fleet) -> Fleet:
        if not isinstance(other, Fleet):
            return NotImplemented
        return Fleet([*self.groups, *other.groups], isolated=self.isolated or other.isolated)

    def __iter__(self) -> Iterator[Case]:
        """The cases in order. Loads configurations whose targets are not listed; one that fails is one case."""
        for entry in self._cases(Here(), Reader(), None):
            yield entry.case if isinstance(entry, Finished) else entry

    @property
    def size(self) -> int:
        """About how many cases there are, without loading anything."""
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
        """Write each case to a directory of its own in `directory`: `Case.directory` says which.

        The value of a result says which files were written, removed and kept. What is as it should be is left alone. Workers
        on other machines only plan: writing is this machine's, and is done in this process.
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
        """Compare what each case asks for with `repository`, a `functoria.opam.repository.Repository`.

        Cases are planned by the executor, and compared here. `terms` say for which system. Needs the extra `functoria[audit]`.
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

        All cases are planned first. Each question is asked by itself, and once: on this machine with `jobs` runs of opam at a
        time, or by the workers of the executor, which need opam, and to which what the packages can bring travels. Raises
        BuildError without opam.
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

        A worker on another machine builds in a directory that is gone afterwards, and the program comes back. `dune` replaces the
        first word of the command. A program that was kept is not built again while its file is as it was built.
        """
        operation = Built(str(directory), is_apart(executor), None if dune is None else tuple(dune), force)
        return self._run(
            operation, operation.path, _How(executor, jobs, store, fresh, window), light=False, into=directory
        )

    def _cases(self, engine: Engine, reader: Reader, store: Store | None) -> Iterator[Case | Finished]:
        """Yield the cases; for a configuration that fails while its targets are looked for, that.

        Warns at the end of exclusions that match nothing.
        """
        texts: dict[Pattern, list[Mapping[str, Sequence[str]]]] = {}
        unsure: set[Pattern] = set()  # of configurations that fail, nobody knows what there would be to match
        names = dict.fromkeys(group.open for group in self.groups if group.open)
        streams = {each: self._asked(each, engine, reader, store) for each in names}
        for group in self.groups:
            done: Done = next(streams[group.open]).done if group.open else {"outcome": "done", "value": {}}
            if done["outcome"] == "done":
                yield from group.cases(done["value"])
                for pattern in group.without:
                    texts.setdefault(pattern, []).append(group.texts(done["value"]))
                continue
            unsure.update(group.without)
            case = Case(group.configuration, group.fixed)
            if not any(pattern.matches(case) for pattern in group.without):
                yield Finished(case, done)
        _warn(texts, unsure)

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
        """Check at once how it is to be done, and yield results as they are asked for. See `_results`."""
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
        """Yield results. `here` leaves only planning to workers: what can be planned is done by this process."""
        finished = False
        reader = Reader()
        together = _TOGETHER if light else 1
        with how.keeping() as store:
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
    """Return the result of what is finished, with what `value` makes of its value."""
    done = finished.done
    return Result(
        finished.case,
        done["outcome"],
        value(done["value"]) if done["outcome"] == "done" else None,
        None if done["outcome"] == "done" else read(done["error"]),
        done["seconds"],
        tuple(FunctoriaWarning(each["message"], locations=located(each["at"])) for each in done["warnings"]),
        done["output"],
        finished.kept,
    )


def _plannable(planned: Iterable[Finished]) -> Iterator[Case | Finished]:
    """Yield the cases that could be planned, and what became of the others."""
    return (each.case if each.done["outcome"] == "done" else each for each in planned)


def _warn(texts: Mapping[Pattern, list[Mapping[str, Sequence[str]]]], unsure: Container[Pattern]) -> None:
    for said in idle({pattern: groups for pattern, groups in texts.items() if pattern not in unsure}):
        warnings.warn(FunctoriaWarning(said), stacklevel=2)


def _as_it_is(value: Any) -> Any:
    return value


def _apart(cases: Iterator[Case | Finished], directory: Path) -> Iterator[Case | Finished]:
    """Yield `cases`, but refuse one whose directory is that of another: no two workers are to write one."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MARK).touch()
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
