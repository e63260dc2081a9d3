"""The command line, a thin layer over the library. `main` is its entry point."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

from functoria.location import entry

entry(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, on the process's own arguments by default, and return its exit status.

    0 is success, 1 a failure of the configuration or of the build, 2 wrong usage, 70 a fault of this program itself, 130 an
    interruption from the keyboard, 143 one by SIGTERM.
    """
    from functoria.cli import output
    from functoria.cli.run import run

    arguments = sys.argv[1:] if arguments is None else list(arguments)
    closed = sys.stdout is None
    _reserve()
    if closed:
        return output.complain("standard output is closed: send it somewhere, as by >/dev/null", 1)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names may contain what the terminal cannot show
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            warnings.simplefilter("default")
            status = run(arguments)
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:
            return output.complain(f"{error.filename}: {error.strerror}", 1)
        _silence()
        if isinstance(error, BrokenPipeError):  # the reader has closed the pipe
            return 1
        return output.complain(f"cannot write to standard output: {error.strerror}", 1)
    return status


def _show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, *rest: Any, **more: Any
) -> None:
    from functoria.cli.output import remark

    remark(message, category, filename, lineno)


def _reserve() -> None:
    """Reserve the descriptors of closed standard streams, so that no file opened later gets what is printed."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(handle)
        sys.stderr = sys.stderr or os.fdopen(os.dup(2), "w")


def _silence() -> None:
    """Discard pending output, so that flushing it does not fail when Python exits."""
    with contextlib.suppress(OSError, ValueError):
        handle = os.open(os.devnull, os.O_WRONLY)
        os.dup2(handle, sys.stdout.fileno())
        os.close(handle)
