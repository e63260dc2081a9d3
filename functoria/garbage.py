"""Garbage collection in the command line's process, which is short and keeps most objects to its end.

By default Python collects whenever 700 more objects were allocated than freed, and three times over everything at exit. For a
process that imports modules and makes a small plan this finds nothing, and takes a sixth of its time: 15 of 100 ms. Programs
that import the library are not affected.
"""

from __future__ import annotations

import gc
import os

_OBJECTS = 50_000
"""A threshold high enough for small plans to need no collection, and low enough for large ones to free their garbage."""

_seldom = False
_settled = False
_given: frozenset[str] | None = None
"""The descriptors that the process was started with, as whoever started it may have some open; None where that is not known."""


def seldom() -> None:
    """Collect garbage only after very many allocations."""
    global _given, _seldom
    _seldom, _given = True, _descriptors()
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


def leave() -> None:
    """Leave all objects to the system at exit, unless files are open.

    An open file may be flushed only when it is collected. Nothing else is lost: exit handlers run, threads are joined, and
    their objects are collected. Deallocating the classes of devices would take 2 ms.
    """
    open_now = _descriptors()
    if _seldom and _given is not None and open_now is not None and open_now <= _given:
        gc.freeze()


def _descriptors() -> frozenset[str] | None:
    """The descriptors that are open, with the lowest that is free: the one of the directory that says so."""
    try:
        return frozenset(os.listdir("/dev/fd"))
    except OSError:
        return None
