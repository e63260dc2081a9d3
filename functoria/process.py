"""This process: whether it is the command line, which is set up differently, and how many processors it may use."""

from __future__ import annotations

import os
import sys
from itertools import pairwise


def is_command() -> bool:
    """Return whether this process is the command line, `functoria …` or `python -m functoria …`."""
    name = os.path.basename(sys.argv[0]) if sys.argv else ""
    words = sys.orig_argv
    as_module = "-mfunctoria" in words or ("-m", "functoria") in pairwise(words)
    return (name == "-m" and as_module) or name in ("functoria", "functoria.exe")


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def begin() -> None:
    """Install signal handlers for the command line, and make garbage collection rare.

    Programs that import the library are not affected.
    """
    from functoria import garbage, interruption

    interruption.install()
    garbage.seldom()
