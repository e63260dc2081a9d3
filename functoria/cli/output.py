"""What the command line prints: every line of it goes through here."""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from typing import Any

from functoria.errors import FunctoriaError
from functoria.printable import shown


def say(line: object) -> None:
    """Print one line, whatever names and values are in it, before anything else happens."""
    print(shown(line), flush=True)


def say_lines(text: str) -> None:
    """Print a text that was made of lines, such as one of a changed file; a tab is the blanks that it stands for."""
    for line in text.removesuffix("\n").split("\n"):
        print(shown(line.expandtabs()))


def say_data(data: Any) -> None:
    """Print `data` as JSON, which has escapes of its own."""
    print(json.dumps(data, indent=1, ensure_ascii=False))


def complain(what: object, status: int, *, before: str = "") -> int:
    """Say on standard error what is wrong, if that can be, for an error with its places below; and return `status`."""
    message = str(what) if isinstance(what, FunctoriaError) else shown(what)
    with contextlib.suppress(OSError):
        print(f"{before}functoria: {message}", file=sys.stderr, flush=True)
    return status


def trace() -> None:
    """Print how the error came about that is being handled. Its message may have lines: each is marked as one of the trace."""
    for line in traceback.format_exc().removesuffix("\n").split("\n"):
        print(shown(f"| {line.expandtabs()}"), file=sys.stderr)
