"""When the process of the command line looks for garbage: seldom, for it is short, and most of what it makes stays to its end.

Python looks for cycles each time that 700 more objects came than went, and three times at all there is when it ends. A process
that imports modules, makes a small plan and ends has nothing to be found, and spends a sixth of its time on that: 15 of 100 ms.
A program that imports the library is not concerned.
"""

from __future__ import annotations

import gc
import os

_OBJECTS = 50_000
"""So many that a small plan is made without looking, and so few that a large one does not keep its garbage."""

_seldom = False
_given: frozenset[str] | None = None
"""The descriptors that the process was started with, as whoever started it may have some open; None where that is not known."""


def seldom() -> None:
    """Look for garbage each time that very many objects came."""
    global _given, _seldom
    _seldom, _given = True, _descriptors()
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


def settle() -> None:
    """Look no more at what is there now, modules and what is in them, if this is the command line's process.

    That is for the moment before a configuration runs. What it makes ends as it would anywhere: what is written to a file that it
    leaves open gets there, also where Python has to find that nothing uses the file any more.
    """
    if _seldom:
        gc.freeze()


def leave() -> None:
    """Leave what is there at the end to the system, which takes back all of a process at once, unless files are open.

    A file may have to be found unused for what is written to it to get there. Nothing else is lost: what is registered for the
    end is done, threads are waited for, and what these make is looked at. Taking the classes of devices apart would take 2 ms.
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
