"""What configurations print, through the processes that they start too, on standard error."""

from __future__ import annotations

import os
import sys

# As threading.Lock, which would be imported for this alone.
from _thread import allocate_lock
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress

_lock = allocate_lock()
_within = 0
_kept: int | None = None
"""A copy of standard output's descriptor, while that of standard error is in its place."""


@contextmanager
def aside() -> Iterator[None]:
    """Have everything printed within on standard error: by Python, and by whatever else writes to descriptor 1.

    Blocks may be nested, and overlap in threads, as standard output is one for all of them: the last to end restores it. Where
    a process has no such descriptors, they are left alone.
    """
    _enter()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _leave()


def _enter() -> None:
    global _kept, _within
    with _lock:
        _within += 1
        if _within > 1:
            return
        _flush()
        try:
            _kept = os.dup(1)
        except OSError:  # it is closed
            return
        with suppress(OSError):
            os.dup2(2, 1)


def _leave() -> None:
    global _kept, _within
    with _lock:
        _within -= 1
        if _within or _kept is None:
            return
        _flush()
        os.dup2(_kept, 1)
        os.close(_kept)
        _kept = None


def _flush() -> None:
    """Write what Python holds back for descriptor 1, so that it goes where it was meant to."""
    with suppress(OSError, ValueError, AttributeError):  # it is closed, or there is none
        sys.__stdout__.flush()  # type: ignore[union-attr]
