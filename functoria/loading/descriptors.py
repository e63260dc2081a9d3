"""Redirect the output of configurations, and of the processes that they start, to standard error."""

from __future__ import annotations

import os
import sys

# As threading.Lock, which would be imported for this alone.
from _thread import allocate_lock
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress

_lock = allocate_lock()
_within = 0
_kept: int | None = None
"""A copy of standard output's descriptor, while that of standard error is in its place."""


@contextmanager
def aside() -> Iterator[None]:
    """Print everything within the block on standard error: Python's output, and anything written to descriptor 1.

    Blocks may be nested, and overlap in threads, as standard output is one for all of them: the last to end restores it. Where
    a process has no such descriptors, they are left alone.
    """
    _enter()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _leave()


@contextmanager
def silent() -> Iterator[None]:
    """Print nothing within the block, neither from Python nor from processes. Only for the main thread."""
    flush()
    kept: list[tuple[int, int]] = []
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            with suppress(OSError):  # it is closed
                kept.append((number, os.dup(number)))
                os.dup2(nothing, number)
        with open(os.devnull, "w", encoding="utf-8") as sink, redirect_stdout(sink), redirect_stderr(sink):
            yield
    finally:
        flush()
        os.close(nothing)
        for number, copy in kept:
            os.dup2(copy, number)
            os.close(copy)


def _enter() -> None:
    global _kept, _within
    with _lock:
        _within += 1
        if _within > 1:
            return
        flush()
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
        flush()
        os.dup2(_kept, 1)
        os.close(_kept)
        _kept = None


def flush() -> None:
    """Flush Python's buffers for standard output and standard error before a descriptor is redirected."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with suppress(OSError, ValueError):  # it is closed
            if stream is not None:
                stream.flush()
