"""Records of what the library does, in Python's `logging`, below the logger `functoria`.

Importing `logging` takes time, so this module never does: as long as the program has not imported it, records are dropped. On
the command line, `-vv` prints them.
"""

from __future__ import annotations

import sys

from functoria.printable import shown


def debug(area: str, message: str, *arguments: object) -> None:
    """Record a detail of what is done in `area`, such as `plan`; `%s` in `message` stands for each of `arguments`."""
    logging = sys.modules.get("logging")
    if logging is not None:
        logging.getLogger(f"functoria.{area}").debug(message, *map(_safe, arguments))


def info(area: str, message: str, *arguments: object) -> None:
    """Record something done in `area` that is visible outside, such as a written file."""
    logging = sys.modules.get("logging")
    if logging is not None:
        logging.getLogger(f"functoria.{area}").info(message, *map(_safe, arguments))


def _safe(argument: object) -> object:
    """Return numbers unchanged, and anything else as text that can be printed in a line."""
    return argument if isinstance(argument, int) else shown(argument)
