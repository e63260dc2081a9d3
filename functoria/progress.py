"""What is going on, for whoever waits at a terminal: said on standard error, and gone afterwards. Nothing is said elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TextIO, TypeVar

from functoria.printable import shown

T = TypeVar("T")


def moving(stream: TextIO) -> bool:
    """Whether `stream` is a terminal on which what was printed can be printed over."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def working(what: str) -> AbstractContextManager[object]:
    """Show on a terminal, within the block, that `what` is going on."""
    if not moving(sys.stderr):
        return nullcontext()
    from rich.console import Console
    from rich.text import Text

    return Console(stderr=True).status(Text(shown(f"{what} …")))


def steps(items: Iterable[T], what: str, count: int | None = None) -> Iterator[T]:
    """Yield `items`, of which there are `count` where that is known, and show on a terminal how far `what` has come.

    What is printed meanwhile stays above that.
    """
    if not moving(sys.stderr):
        yield from items
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # What goes to a file, or to another program, must not be sent to the terminal in its place.
    same = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=same) as progress:
        yield from progress.track(items, total=count, description=escape(shown(what)))
