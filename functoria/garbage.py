"""Garbage collection in the command line's process, which is short and keeps most objects to its end.

By default Python collects whenever 700 more objects were allocated than freed, and three times over everything at exit. For a
process that imports modules and makes a small plan this finds nothing, and takes a sixth of its time: 15 of 100 ms. Programs
that import the library are not affected.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

_OBJECTS = 50_000
"""A threshold high enough for small plans to need no collection, and low enough for large ones to free their garbage."""

_seldom = False
_first = False
"""Whether `_end` was the first function registered for the exit: it is then called last, and skips no other."""
_status: int | None = None
_settled = False
_given: frozenset[str] | None = None
"""The descriptors that were open when the process started; None if unknown."""


def seldom() -> None:
    """Collect garbage only after very many allocations."""
    global _first, _given, _seldom
    _seldom, _given = True, _descriptors()
    _first = atexit._ncallbacks() == 0 if hasattr(atexit, "_ncallbacks") else False
    atexit.register(_end)
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


def settle() -> None:
    """Exclude existing objects, such as modules, from collection, if this is the command line's process.

    Called before a configuration runs, whose own objects are collected as usual, so that files it leaves open are flushed
    even if only the collector finds them. Only the first configuration counts: what one leaves behind is garbage to the next.
    """
    global _settled
    if _seldom and not _settled:
        _settled = True
        gc.freeze()


def leave(status: int) -> None:
    """End the process with `status` once all exit handlers have run, unless files are open.

    Python would first take every module apart, and free what it holds, which takes 3 of 80 ms. An open file may be flushed only
    then. Threads are joined and exit handlers run before. Only `__del__` is not called for objects that are still there, as
    Python does not promise that either.
    """
    global _status
    open_now = _descriptors()
    if _first and _given is not None and open_now is not None and open_now <= _given:
        _status = status


def _end() -> None:
    """End the process with the status that was given to `leave`, if one was."""
    if _status is None:
        return
    try:
        for stream in (sys.stdout, sys.__stdout__, sys.stderr, sys.__stderr__):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return  # Python reports this when it exits normally
    os._exit(_status)


def _descriptors() -> frozenset[str] | None:
    """Return the open descriptors, and the lowest free one, because reading the list opens a directory."""
    try:
        return frozenset(os.listdir("/dev/fd"))
    except OSError:
        return None
