"""What the library does, for programs that want to know: records of Python's `logging`, below the logger `functoria`.

Nobody is told unless a program configures logging. Importing that takes time, so that it is left to the program: where nobody
has imported `logging`, nobody listens. On the command line `-vv` prints the records.
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
    """Record that something was done in `area` which changes what others see, such as files."""
    logging = sys.modules.get("logging")
    if logging is not None:
        logging.getLogger(f"functoria.{area}").info(message, *map(_safe, arguments))


def _safe(argument: object) -> object:
    """Return a number as it is, and what others may have chosen as it can be printed in a line."""
    return argument if isinstance(argument, int) else shown(argument)
