"""Mutable values of a configuration. Each plan sees them as they were when the file had been read.

The tools of MirageOS read a configuration and make one plan of it: they call `connect` of each device once, in the order of
the main module, and each call sees what earlier ones set. Here one reading serves many plans, and `connect` is called more than
once. So each turn around the devices begins with the values that were set while the file was read, and is undone at its end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from typing import Any

from functoria.errors import ConfigError
from functoria.graph.hooks import Turn, this_turn, turn
from functoria.location import Location
from functoria.ocaml.numbered import Numbered, numbering

ONLY_IN_TURN = (
    "this sets a value that was made while the configuration was read. A device may do that only in connect, which runs in the "
    "order of the main module; its other functions and methods may run any number of times, in any order"
)


_READS = (
    "this reads what the names of devices set, and MirageOS may compute these any number of times: "
    "give names a counter of their own"
)


class Sets(ConfigError):
    """Code that may run any number of times sets a mutable value."""


class State:
    """The lists and dictionaries that hold a program's mutable values, in the order of their creation."""

    def __init__(self) -> None:
        self._cells: list[Any] = []
        self._settled: list[Any] = []
        self._limit: int | None = None
        """The number of the first cell that may be set now; None for all."""
        self._turn: Turn | None = None
        """The turn whose state the cells hold; None for the state after reading the file."""
        self._lock = threading.RLock()
        self._apart: dict[int, Any] = {}
        """The content of cells set by code that runs apart, as such code sees it; empty for most programs."""

    def keep(self, cell: list[Any] | dict[Any, Any]) -> int:
        """Restore a cell for each turn from now on, and return its number."""
        self._cells.append(cell)
        return len(self._cells) - 1

    def settle(self) -> None:
        """Let each turn begin with the current content of the cells."""
        self._settled = self._copies()
        self._limit = len(self._cells)

    def setting(self, number: int, at: Location) -> None:
        """Check that a cell may be set now. Raises Sets if the current code may run any number of times."""
        if self._limit is not None and number < self._limit:
            raise Sets(ONLY_IN_TURN, locations=[at])

    def reading(self, number: int, at: Location) -> None:
        """Check that a cell may be read now. Raises ConfigError if how often it was set depends on the tool."""
        if number in self._apart and self._settled:
            raise ConfigError(_READS, locations=[at])

    @contextmanager
    def apart(self, *, kept: bool = True) -> Iterator[None]:
        """Run, while the file is read, code whose effects are only visible to other such code or, if not `kept`, to none."""
        before = self._copies()
        for number, held in self._apart.items():
            _fill(self._cells[number], held)
        try:
            yield
        finally:
            for number, old in enumerate(before):
                cell = self._cells[number]
                if len(cell) != len(old) or any(
                    one is not two for one, two in zip(_parts(cell), _parts(old), strict=True)
                ):
                    if kept:
                        self._apart[number] = cell.copy()
                    _fill(cell, old)

    @contextmanager
    def asked(self, now: Turn | None) -> Iterator[None]:
        """Run the code of `connect` in a turn or, with None, the code of another hook, which may not set anything."""
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
        """Run, while the file is read, code that the tools of MirageOS would run any number of times."""
        before, self._limit = self._limit, len(self._cells)
        try:
            yield
        finally:
            self._limit = before

    def _switch(self, now: Turn | None) -> None:
        if now is self._turn:
            return
        if self._turn is not None:  # belongs to another thread
            self._turn.kept[self] = self._copies()
        if now is not None and self not in now.kept:
            now.kept[self] = self._settled
            now.ending.callback(self._left, now)
        for cell, held in zip(self._cells, self._settled if now is None else now.kept[self], strict=False):
            _fill(cell, held)
        self._turn = now

    def _left(self, now: Turn) -> None:
        with self._lock:
            if self._turn is now:
                self._switch(None)
            now.kept.pop(self, None)

    def _copies(self) -> list[Any]:
        return [cell.copy() for cell in self._cells]


def _fill(cell: Any, held: Any) -> None:
    cell.clear()
    if isinstance(cell, dict):
        cell.update(held)
    else:
        cell.extend(held)


def _parts(cell: Any) -> Iterable[Any]:
    return chain.from_iterable(cell.items()) if isinstance(cell, dict) else cell


def kept(cell: list[Any] | dict[Any, Any]) -> tuple[State | None, int]:
    """Register `cell` with the program that is being read. Return the program's state, and the cell's number in it."""
    now = numbering.get()
    if now is None:
        return None, 0
    return now.state, now.state.keep(cell)


def state_of(thing: Numbered) -> State:
    """Return the state of the program that made `thing`, an empty state if the program is not known."""
    return State() if thing.origin is None else thing.origin[0].state


@contextmanager
def connecting(thing: Numbered) -> Iterator[None]:
    """Run the `connect` of a device, which `thing` is or belongs to, in the current turn or in one of its own."""
    with ExitStack() as stack:
        now = this_turn() or stack.enter_context(turn())
        stack.enter_context(state_of(thing).asked(now))
        yield
