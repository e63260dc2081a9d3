"""What the code of a configuration can set. For each plan it is what it was when the file had been read.

The tools of MirageOS read a configuration and make one plan of it: they ask each device for its code once, in the order of the
main module, and what one device sets the next one sees. Here many plans are made of one reading, and code is asked for more than
once. So each turn around the devices begins with what was set while the file was read, and is undone when it ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from functoria.errors import ConfigError
from functoria.graph.hooks import Turn, this_turn, turn
from functoria.location import Location
from functoria.ocaml.numbered import Numbered, numbering

ONLY_IN_TURN = (
    "this sets what was made when the configuration was read. A device may do that in connect, which is asked in the order of "
    "the main module; its other functions and methods are asked any number of times, in any order"
)


class Sets(ConfigError):
    """What is asked any number of times sets something."""


class State:
    """The lists and dictionaries that hold what the code of a program can set, in the order in which they were made."""

    def __init__(self) -> None:
        self._cells: list[Any] = []
        self._settled: list[Any] = []
        self._limit: int | None = None
        """The number of the first cell that may be set now; None for all."""
        self._turn: Turn | None = None
        """Whose state the cells hold; None for what was set while the file was read."""
        self._lock = threading.RLock()

    def keep(self, cell: list[Any] | dict[Any, Any]) -> int:
        """Have a cell restored for each turn, and return its number."""
        self._cells.append(cell)
        return len(self._cells) - 1

    def settle(self) -> None:
        """Take what the cells hold now for what each turn begins with."""
        self._settled = self._copies()
        self._limit = len(self._cells)

    def setting(self, number: int, at: Location) -> None:
        """Allow a cell to be set. Raises Sets if what is evaluated now may be asked any number of times."""
        if self._limit is not None and number < self._limit:
            raise Sets(ONLY_IN_TURN, locations=[at])

    @contextmanager
    def asked(self, now: Turn | None) -> Iterator[None]:
        """Evaluate the code of a device in a turn; with None the code of a hook, which may not set anything."""
        with self._lock:
            self._switch(now)
            before = self._limit
            self._limit = len(self._settled) if now is None else None
            try:
                yield
            finally:
                self._limit = before

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Evaluate what the tools of MirageOS would ask any number of times, while the file is read."""
        before, self._limit = self._limit, len(self._cells)
        try:
            yield
        finally:
            self._limit = before

    def _switch(self, now: Turn | None) -> None:
        if now is self._turn:
            return
        if self._turn is not None:  # of another thread
            self._turn.kept[self] = self._copies()
        if now is not None and self not in now.kept:
            now.kept[self] = self._settled
            now.ending.callback(self._left, now)
        for cell, held in zip(self._cells, self._settled if now is None else now.kept[self], strict=False):
            cell.clear()
            if isinstance(cell, dict):
                cell.update(held)
            else:
                cell.extend(held)
        self._turn = now

    def _left(self, now: Turn) -> None:
        with self._lock:
            if self._turn is now:
                self._switch(None)
            now.kept.pop(self, None)

    def _copies(self) -> list[Any]:
        return [cell.copy() for cell in self._cells]


def kept(cell: list[Any] | dict[Any, Any]) -> tuple[State | None, int]:
    """Have `cell`, which code can set, kept by the program that is read now, and return its state and the cell's number there."""
    now = numbering.get()
    if now is None:
        return None, 0
    return now.state, now.state.keep(cell)


def state_of(thing: Numbered) -> State:
    """Return the state of the program that made `thing`, an empty one if that is not known."""
    return State() if thing.origin is None else thing.origin[0].state


@contextmanager
def connecting(thing: Numbered) -> Iterator[None]:
    """Evaluate the `connect` of a device, which `thing` is or has, in the turn that is taken now, or in one of its own."""
    with ExitStack() as stack:
        now = this_turn() or stack.enter_context(turn())
        stack.enter_context(state_of(thing).asked(now))
        yield
