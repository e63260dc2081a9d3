"""Hold the directory of a fleet, so that no two processes write or build one there at once."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from functoria.errors import WriteError
from functoria.fleet.contents import MARK

try:
    import fcntl
except ImportError:  # each case's own directory is locked while it is written all the same
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def held(directory: Path) -> Iterator[None]:
    """Make `directory` and mark it as a fleet's, and hold it within the block.

    A process that ends in any way holds nothing any more. Raises WriteError if another one holds it, or if it cannot be made.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(directory / MARK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise WriteError(f"cannot write to {directory}: {error.strerror or error}", objects=[directory]) from error
    with open(handle, "r+b") as file:
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WriteError(
                    f"{directory} is in use by another fleet{_holder(file.read(100))}: wait for that to end, or write elsewhere",
                    objects=[directory],
                ) from None
            except OSError as error:
                raise WriteError(f"cannot lock {directory}: {error.strerror}", objects=[directory]) from error
        file.truncate(0)
        file.write(b"%d" % os.getpid())
        file.flush()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                file.truncate(0)
                if fcntl is not None:
                    fcntl.flock(handle, fcntl.LOCK_UN)  # forked processes have the handle too


def _holder(said: bytes) -> str:
    return f", of process {int(said)}" if said.isdigit() else ""
