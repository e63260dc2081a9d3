"""The registry of mistakes. Lines that the error must name end with a mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from functoria import FunctoriaError, Impl, Job, foreign, job
from mirage_devices import register, time

main = foreign("Unikernel.Main", time >> job)


plain = foreign("Unikernel", job)


class Mistake(NamedTuple):
    """A mistake, and its error: the class, the builtin base, parts of the message, the kinds of objects."""

    make: Callable[[Path], object]
    error: type[FunctoriaError]
    builtin: type[Exception]
    says: tuple[str, ...]
    objects: tuple[type, ...]


MISTAKES: dict[str, Mistake] = {}


def mistake(
    error: type[FunctoriaError], builtin: type[Exception], *says: str, objects: Sequence[type] = ()
) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    """Register a mistake, a function of the directory to write to. The error must point to the lines that end in `# here`."""

    def note(make: Callable[[Path], object]) -> Callable[[Path], object]:
        MISTAKES[make.__name__] = Mistake(make, error, builtin, says, tuple(objects))
        return make

    return note


def write(directory: Path, *jobs: Impl[Job], context: dict[Any, Any] | None = None, **more: Any) -> object:
    return register("mistake", list(jobs), **more).plan(context).write(directory)
