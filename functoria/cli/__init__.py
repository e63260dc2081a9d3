"""The command line: a thin user of the library. `main` is its entry point."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, on the process's own arguments by default, and return its exit status.

    0 is success, 1 a failure of the configuration or of the build, 2 wrong usage, 130 an interruption from the keyboard.
    """
    from functoria.cli import commands

    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names may hold what the terminal cannot show
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        warnings.simplefilter("default")
        return commands.run(arguments)


def _show_warning(message: Warning | str, *rest: Any, **more: Any) -> None:
    print(f"functoria: warning: {message}", file=sys.stderr)
