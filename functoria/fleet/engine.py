"""Engines run tasks: in this process, in a pool of processes, or with any executor."""

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
"""The number of cases up to which starting a pool takes longer than the work."""
_AHEAD = 4
"""The number of tasks for each worker, so that none waits for its next task."""


class Engine(Protocol):
    """The interface of engines."""

    apart: bool
    """Whether workers may see other files than this process."""
    window: int
    """The maximal number of tasks that are running, or done and not yet consumed."""

    def submit(self, task: Task) -> Future[bytes]:
        """Start a task."""
        ...

    def again(self, task: Task, error: BaseException) -> bytes:
        """Run a task again that its worker did not finish, and return the result. Raises WorkerLost if that is not possible."""
        ...

    def close(self, *, at_once: bool = False) -> None:
        """Shut down, aborting running tasks if `at_once`. The user's executor stays open."""
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
    """Return the engine for about `size` cases. Their work is `light` if it takes milliseconds.

    It uses `executor` if given, else a pool of `jobs` processes, by default one for each core that this process may use. A
    small fleet, or a single job, runs in this process or, if `isolated`, in one other.
    """
    if executor is not None:
        return Given(executor, window)
    if jobs == 1 or (jobs is None and (processors() == 1 or size <= (_SMALL if light else 1))):
        return Pool(1, window) if isolated else Here()
    return Pool(jobs or processors(), window)


def check(executor: Executor | None, jobs: int | None, window: int | None) -> None:
    """Raise InvalidValue for invalid arguments of `engine`."""
    if executor is not None and not isinstance(executor, Executor):
        raise InvalidValue(
            f"the executor must be one of concurrent.futures, such as dask's Client.get_executor() returns, not {executor!r}",
            objects=[executor],
        )
    if executor is not None and jobs is not None:
        raise InvalidValue("an executor has its own number of workers: leave jobs out", objects=[jobs])
    for name, number in (("jobs", jobs), ("window", window)):
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise InvalidValue(f"{name} must be a number of at least 1, not {number!r}", objects=[number])


def is_apart(executor: Executor | None) -> bool:
    """Return whether workers of `executor` may be on other machines. Those of Python's own executors are not."""
    return executor is not None and not isinstance(executor, (ThreadPoolExecutor, ProcessPoolExecutor))


class Here:
    """Runs tasks in this process, one after the other."""

    apart = False
    window = 1

    def submit(self, task: Task) -> Future[bytes]:
        """Run a task."""
        future: Future[bytes] = Future()
        future.set_result(work.done(task))
        return future

    def again(self, task: Task, error: BaseException) -> bytes:
        """Never called, because every failure in this process is a result."""
        raise error

    def close(self, *, at_once: bool = False) -> None:
        """Do nothing."""


class Given:
    """Runs tasks with an executor of the user's. Only Python's own are assumed to see this machine's files."""

    def __init__(self, executor: Executor, window: int | None = None) -> None:
        self.executor = executor
        self.apart = is_apart(executor)
        self.window = window or _AHEAD * max(8, workers(executor))

    def submit(self, task: Task) -> Future[bytes]:
        """Submit the task to the executor."""
        try:
            return self.executor.submit(work.perform, written(task, apart=self.apart))
        except BrokenExecutor as error:
            return _failed(error)

    def again(self, task: Task, error: BaseException) -> bytes:
        """Raise WorkerLost, because starting tasks again is up to the executor."""
        raise WorkerLost(f"the executor returned no result: {type(error).__name__}: {error}") from error

    def close(self, *, at_once: bool = False) -> None:
        """Do nothing: the executor is the user's."""


def written(task: Task, *, apart: bool) -> bytes:
    """Pickle `task`. The library unpickles it, not the executor, so that a failure is attributed to the case."""
    return pickle.dumps(Task(task.operation, task.configuration, task.choices, library() if apart else ""))


def workers(executor: Executor) -> int:
    """Return how many tasks `executor` runs at once; 0 if it does not tell."""
    client = getattr(executor, "_client", None)
    if client is not None:
        return len(client.nthreads())
    return int(getattr(executor, "_max_workers", 0) or 0)


def _failed(error: BaseException) -> Future[bytes]:
    future: Future[bytes] = Future()
    future.set_exception(error)
    return future


class Pool:
    """Runs tasks in processes that end with this one. If one dies, only its own task is lost."""

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
        """Submit the task to the pool, or to a new one if a process has died."""
        payload = written(task, apart=False)
        try:
            return self._pool.submit(_work, payload)
        except BrokenExecutor:
            self._pool.shutdown()
            self._pool = self._made(self.jobs)
            return self._pool.submit(_work, payload)

    def again(self, task: Task, error: BaseException) -> bytes:
        """Run the task in a process of its own, because it may be the one that made the other process die.

        Raises BuildError if no process of the pool could start.
        """
        if not self._begun.is_set():
            raise BuildError(
                "no process of the pool could start, as its error above says: in a script, use several processes under "
                'if __name__ == "__main__":, or use jobs=1'
            ) from error
        with self._made(1) as alone:
            try:
                return alone.submit(_work, written(task, apart=False)).result()
            except BrokenExecutor:
                raise WorkerLost(
                    "the process that worked on it ended early: the configuration may end Python, or need more "
                    "memory than there is"
                ) from error

    def close(self, *, at_once: bool = False) -> None:
        """Shut down the processes."""
        if at_once:
            self._lives.close()
        self._pool.shutdown(cancel_futures=at_once)
        self._lives.close()
        self._ends.close()


_busy = False


def _begin(ends: Any, begun: Any) -> None:
    """Set up a process of a pool. On request, or when its parent ends, it ends together with the processes that it started."""
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
        return work.done(pickle.loads(payload), alone=True)
    except work.Ended:
        os._exit(128 + signal.SIGTERM)
    finally:
        _busy = False
