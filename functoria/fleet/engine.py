"""Engines: where tasks run. In this process, in a pool of processes of this machine, or by any executor that is given."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from types import FrameType
from typing import Any, Protocol

from functoria.errors import BuildError, InvalidValue, WorkerLost
from functoria.fleet import work
from functoria.fleet.surroundings import library
from functoria.fleet.work import Task
from functoria.process import processors

_SMALL = 16
"""Up to so many cases a pool takes longer to start than the work takes."""
_AHEAD = 4
"""How many tasks there are for each worker, so that none waits for the next."""


class Engine(Protocol):
    """Where tasks run."""

    apart: bool
    """Whether workers see other files than this process."""
    window: int
    """How many tasks may be under way, or done and not yet asked for."""

    def submit(self, task: Task) -> Future[bytes]:
        """Begin a task."""
        ...

    def again(self, task: Task, error: BaseException) -> bytes:
        """Return the result of a task that its worker did not finish, where that can be had. Raises WorkerLost."""
        ...

    def close(self, *, at_once: bool = False) -> None:
        """End, and if it is to be `at_once`, what is under way too. An executor that was given stays open."""
        ...


def engine(
    executor: Executor | None,
    jobs: int | None,
    size: int,
    *,
    light: bool,
    window: int | None = None,
    isolated: bool = False,
) -> Engine:
    """Return the engine for about `size` cases, whose work is `light` if it takes milliseconds.

    That is `executor` if one is given, else a pool of `jobs` processes, by default as many as this process may use cores; a
    small fleet, or one job, is done in this process, or if it is to be `isolated`, in one other.
    """
    if executor is not None:
        return Given(executor, window)
    if jobs == 1 or (jobs is None and (processors() == 1 or size <= (_SMALL if light else 1))):
        return Pool(1, window) if isolated else Here()
    return Pool(jobs or processors(), window)


def check(executor: Executor | None, jobs: int | None, window: int | None) -> None:
    """Raise InvalidValue for arguments of `engine` that make no sense."""
    if executor is not None and not isinstance(executor, Executor):
        raise InvalidValue(
            f"an executor is one of concurrent.futures, such as Client.get_executor() of dask gives, not {executor!r}",
            objects=[executor],
        )
    if executor is not None and jobs is not None:
        raise InvalidValue("an executor has its own number of workers: leave jobs out", objects=[jobs])
    for name, number in (("jobs", jobs), ("window", window)):
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise InvalidValue(f"{name} is a number, from 1 on, not {number!r}", objects=[number])


def is_apart(executor: Executor | None) -> bool:
    """Whether the workers of `executor` may be on other machines. Python's own executors are of this one."""
    return executor is not None and not isinstance(executor, (ThreadPoolExecutor, ProcessPoolExecutor))


class Here:
    """This process, one task after the other."""

    apart = False
    window = 1

    def submit(self, task: Task) -> Future[bytes]:
        """Do a task."""
        future: Future[bytes] = Future()
        future.set_result(work.done(task))
        return future

    def again(self, task: Task, error: BaseException) -> bytes:
        """Never: what fails in this process is a result."""
        raise error

    def close(self, *, at_once: bool = False) -> None:
        """Do nothing."""


class Given:
    """An executor of the user's. Python's own have this machine's files; of others that is not assumed."""

    def __init__(self, executor: Executor, window: int | None = None) -> None:
        self.executor = executor
        self.apart = is_apart(executor)
        self.window = window or _AHEAD * max(8, workers(executor))

    def submit(self, task: Task) -> Future[bytes]:
        """Give the task to the executor."""
        try:
            return self.executor.submit(work.perform, written(task, apart=self.apart))
        except BrokenExecutor as error:
            return _failed(error)

    def again(self, task: Task, error: BaseException) -> bytes:
        """Nothing: beginning tasks again is up to the executor."""
        raise WorkerLost(f"the executor gave no result: {type(error).__name__}: {error}") from error

    def close(self, *, at_once: bool = False) -> None:
        """Leave it open: it is the user's."""


def written(task: Task, *, apart: bool) -> bytes:
    """Return `task` as bytes: the library itself unpickles it, and not the executor, so that what fails is told of the case."""
    return pickle.dumps(Task(task.operation, task.configuration, task.choices, library() if apart else ""))


def workers(executor: Executor) -> int:
    """How many tasks `executor` works on at once, where it says so; else 0."""
    client = getattr(executor, "_client", None)
    if client is not None:
        return len(client.nthreads())
    return int(getattr(executor, "_max_workers", 0) or 0)


def _failed(error: BaseException) -> Future[bytes]:
    future: Future[bytes] = Future()
    future.set_exception(error)
    return future


class Pool:
    """Processes of this machine, which end with this one. One that dies takes only its own task with it."""

    apart = False

    def __init__(self, jobs: int, window: int | None = None) -> None:
        self.jobs = jobs
        self.window = window or _AHEAD * jobs
        self._context = multiprocessing.get_context("spawn")
        self._ends, self._lives = self._context.Pipe(duplex=False)
        self._begun = self._context.Event()
        self._pool = self._made(jobs)

    def _made(self, jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            jobs, mp_context=self._context, initializer=_begin, initargs=(self._ends, self._begun)
        )

    def submit(self, task: Task) -> Future[bytes]:
        """Give the task to the pool, or to a new one where a process has died."""
        payload = written(task, apart=False)
        try:
            return self._pool.submit(_work, payload)
        except BrokenExecutor:
            self._pool.shutdown()
            self._pool = self._made(self.jobs)
            return self._pool.submit(_work, payload)

    def again(self, task: Task, error: BaseException) -> bytes:
        """Do the task in a process of its own: it may be the one that another has died of.

        Raises BuildError if no process of the pool could begin at all.
        """
        if not self._begun.is_set():
            raise BuildError(
                "no process of the pool could begin, as its error above says: a script that uses several processes does so "
                'under if __name__ == "__main__":, or with jobs=1 it uses none'
            ) from error
        with self._made(1) as alone:
            try:
                return alone.submit(_work, written(task, apart=False)).result()
            except BrokenExecutor:
                raise WorkerLost(
                    "the process that worked on it ended before it was done: the configuration may end Python, or need more "
                    "memory than there is"
                ) from error

    def close(self, *, at_once: bool = False) -> None:
        """End the processes."""
        if at_once:
            self._lives.close()
        self._pool.shutdown(cancel_futures=at_once)
        self._lives.close()
        self._ends.close()


_busy = False


def _begin(ends: Any, begun: Any) -> None:
    """Set up a process of a pool: it ends when it is told to, or when the process that made it ends, with what it has begun."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    threading.Thread(target=_watch, args=(ends,), daemon=True).start()
    begun.set()


def _end(number: int, frame: FrameType | None) -> None:
    if not _busy:
        os._exit(128 + number)
    raise work.Ended


def _watch(ends: Any) -> None:
    try:
        ends.recv_bytes()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)


def _work(payload: bytes) -> bytes:
    global _busy
    _busy = True
    try:
        return work.perform(payload)
    except work.Ended:
        os._exit(128 + signal.SIGTERM)
    finally:
        _busy = False
