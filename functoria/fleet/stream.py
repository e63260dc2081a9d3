"""A stream from cases to their results, in order, with a limited number of tasks in progress."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import NamedTuple

from attr import evolve

from functoria.errors import FunctoriaError, WorkerLost
from functoria.fleet.case import Case
from functoria.fleet.configuration import Code, File
from functoria.fleet.contents import Reader
from functoria.fleet.engine import Engine, Here
from functoria.fleet.moving import movable, moved
from functoria.fleet.result import written
from functoria.fleet.store import Store, key_of
from functoria.fleet.surroundings import installed
from functoria.fleet.work import Done, Operation, Task
from functoria.loading.frames import of_python


class Finished(NamedTuple):
    """A case, its result, and whether that is from an earlier run."""

    case: Case
    done: Done
    kept: bool = False


class _Batch:
    """Cases of one configuration that form a task."""

    def __init__(self, configuration: File | Code) -> None:
        self.configuration = configuration
        self.cases: list[Case] = []
        self.keys: list[str | None] = []
        self.task: Task | None = None
        self.future: Future[bytes] | None = None
        self.found: list[Done] | None = None
        """The results of the cases, once known."""

    @property
    def ready(self) -> bool:
        return self.found is not None or (self.future is not None and self.future.done())


class _Slot(NamedTuple):
    """The position of a case in its task."""

    batch: _Batch
    number: int


class Stream:
    """Runs an operation on cases with an engine. Results are stored in `store` as they come, if there is one."""

    def __init__(
        self,
        operation: Operation,
        engine: Engine,
        *,
        store: Store | None = None,
        reader: Reader | None = None,
        together: int = 1,
        fresh: bool = False,
    ) -> None:
        """Up to `together` cases of one configuration form a task. With `fresh`, stored results are not used."""
        self.operation = operation
        self.engine = engine
        self.store = store if operation.mark is not None else None
        self.reader = reader or Reader()
        self.together = together
        self.fresh = fresh
        self._pending: deque[_Slot | Finished] = deque()
        self._under_way: deque[_Batch] = deque()
        self._open: _Batch | None = None
        """The task to which cases are being added."""
        self._lock = threading.Lock()
        self._trouble: FunctoriaError | None = None
        """The error that prevented storing a result."""

    def of(self, cases: Iterable[Case | Finished]) -> Iterator[Finished]:
        """Yield the result of each of `cases`, in order. Finished ones among them are passed through.

        If this ends early, running tasks are aborted. Raises WriteError if a result cannot be stored.
        """
        try:
            for case in cases:
                self._enter(case)
                while self._pending and (self._ready(self._pending[0]) or self._full()):
                    yield self._out()
            while self._pending:
                yield self._out()
        finally:
            for each in self._under_way:
                if each.future is not None:
                    each.future.cancel()

    def _enter(self, case: Case | Finished) -> None:
        entry, key = (case, None) if isinstance(case, Finished) else self._kept(case)
        if isinstance(entry, Finished):
            self._pending.append(entry)
            return
        if self._open is not None and self._open.configuration is not entry.configuration:
            self._begin(self._open)
        if self._open is None:
            self._open = _Batch(entry.configuration)
        self._pending.append(_Slot(self._open, len(self._open.cases)))
        self._open.cases.append(entry)
        self._open.keys.append(key)
        if len(self._open.cases) >= self.together:
            self._begin(self._open)

    def _kept(self, case: Case) -> tuple[Case | Finished, str | None]:
        """Return the stored result of `case`, or the error that prevents it, or else the case; and its key."""
        if self.store is None:
            return case, None
        assert self.operation.mark is not None
        try:
            content = case.configuration.digest(self.reader)
        except FunctoriaError as error:
            return Finished(case, failed(error)), None
        where = self.operation.where(case)
        key = key_of(self.operation.mark, where, content, case.identity, self.reader.once(installed))
        data = None if self.fresh else self.store.get(key)
        if data is None:
            return case, key
        done = moved(data, case.configuration.origin)
        if done is None:
            return case, key
        return (Finished(case, done, True) if self.operation.holds(case, done) else case), key

    def _begin(self, batch: _Batch) -> None:
        self._open = None
        self._under_way.append(batch)
        try:
            configuration = batch.configuration
            if not isinstance(self.engine, Here):
                configuration = configuration.sent(self.reader, apart=self.engine.apart)
            batch.task = Task(self.operation, configuration, tuple(case.choices for case in batch.cases))
            batch.future = self.engine.submit(batch.task)
        except FunctoriaError as error:
            batch.found = [failed(error) for _ in batch.cases]
            return
        batch.future.add_done_callback(partial(self._came, batch))

    def _came(self, batch: _Batch, future: Future[bytes]) -> None:
        """Store the result of a task as soon as it comes, even before those of earlier tasks."""
        if not future.cancelled() and future.exception() is None:
            self._take(batch, json.loads(future.result()))

    def _take(self, batch: _Batch, found: list[Done]) -> None:
        with self._lock:
            if batch.found is not None:
                return
            received = [self._received(case, done) for case, done in zip(batch.cases, found, strict=True)]
            if self.store is not None:
                try:
                    self.store.put(
                        (key, movable(done, batch.configuration.origin))
                        for key, done in zip(batch.keys, received, strict=True)
                        if key is not None and done["outcome"] != "failed"
                    )
                except FunctoriaError as error:
                    self._trouble = error
            batch.found = received

    def _received(self, case: Case, done: Done) -> Done:
        if done["outcome"] != "done":
            return done
        try:
            return {**done, "value": self.operation.received(case, done["value"])}
        except (FunctoriaError, OSError) as error:
            return {**done, **failed(error)}

    def _ready(self, head: _Slot | Finished) -> bool:
        return isinstance(head, Finished) or head.batch.ready

    def _full(self) -> bool:
        return len(self._under_way) >= self.engine.window or (
            len(self._pending) >= 2 * self.engine.window * self.together
        )

    def _out(self) -> Finished:
        """Remove the first pending case, waiting for its result if necessary."""
        head = self._pending[0]
        if isinstance(head, Finished):
            self._pending.popleft()
            return head
        batch, number = head
        if batch is self._open:
            self._begin(batch)
        if batch.found is None:
            self._wait(batch)
        if self._trouble is not None:
            raise self._trouble
        assert batch.found is not None
        self._pending.popleft()
        if number == len(batch.cases) - 1:
            self._under_way.remove(batch)
        return Finished(batch.cases[number], batch.found[number])

    def _wait(self, batch: _Batch) -> None:
        assert batch.future is not None
        assert batch.task is not None
        try:
            found = json.loads(batch.future.result())
        except (Exception, CancelledError) as error:
            found = [self._alone(batch.task, number, error) for number in range(len(batch.cases))]
        self._take(batch, found)

    def _alone(self, task: Task, number: int, error: BaseException) -> Done:
        """Return the result of a case whose worker did not finish it."""
        try:
            (found,) = json.loads(self.engine.again(evolve(task, choices=task.choices[number : number + 1]), error))
            return dict(found)
        except FunctoriaError as lost:
            if not isinstance(lost, WorkerLost):
                raise
            return failed(lost)
        except Exception as lost:  # whatever a configuration has done to the worker, others are not concerned
            return failed(WorkerLost(f"the process that worked on it could not report the result: {of_python(lost)}"))


def failed(error: BaseException) -> Done:
    """Return the result of a case that could not be started."""
    return {"outcome": "failed", "error": written(error), "warnings": [], "output": "", "seconds": 0.0}
