"""Show progress on a terminal, on standard error, and erase it afterwards. Nothing is shown elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TextIO, TypeVar

from functoria.printable import shown

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")


def moving(stream: TextIO) -> bool:
    """Return whether `stream` is a terminal whose last line can be overwritten."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def working(what: str) -> AbstractContextManager[object]:
    """Show on a terminal, within the block, that `what` is in progress."""
    if not moving(sys.stderr):
        return nullcontext()
    from rich.text import Text

    return console().status(Text(shown(f"{what} …")))


_BARS = {"bar.back": "dim", "bar.complete": "magenta", "bar.finished": "bold", "bar.pulse": "magenta"}
_COLUMNS = (
    "progress.description",
    "progress.download",
    "progress.elapsed",
    "progress.percentage",
    "progress.remaining",
)
_paints = True


def paint(wanted: bool) -> None:
    """Show progress in colour, or not."""
    global _paints
    _paints = wanted


def console() -> Console:
    """Return the console of standard error for progress, whose few colours are the terminal's own."""
    from rich.console import Console
    from rich.theme import Theme

    theme = Theme({**_BARS, **dict.fromkeys(_COLUMNS, ""), "status.spinner": "magenta"})
    return Console(stderr=True, color_system="standard" if _paints else None, theme=theme)


def steps(items: Iterable[T], what: str, count: int | None = None) -> Iterator[T]:
    """Yield `items`, showing on a terminal how far `what` has come. `count` is the number of items, if known.

    What is printed meanwhile stays above the line of progress.
    """
    if not moving(sys.stderr):
        yield from items
        return
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Output redirected to a file or another program must not end up on the terminal.
    same = sys.stdout.isatty()
    with Progress(*columns, console=console(), transient=True, redirect_stdout=same) as progress:
        yield from progress.track(items, total=count, description=escape(shown(what)))
