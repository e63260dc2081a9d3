"""End the command line on a signal: with one line, at any moment, even while its modules are being imported.

There is usually nothing to undo, because files are written with signals blocked, and the process ends at once. Code that
does have something to undo runs within `unwinding`, where a signal raises an exception instead. None of this affects
programs that import the library.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_AGAIN = 0.01
_LINE = "functoria: interrupted\n"

_owner = 0
_depth = 0
_last = 0


class Interrupted(BaseException):
    """The signal `number` asks the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def install() -> None:
    """Install the handlers, except for signals that the process was started to ignore."""
    global _owner
    _owner = os.getpid()
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _again)
        sys.unraisablehook = _swallowed


@contextlib.contextmanager
def unwinding() -> Iterator[None]:
    """Make signals raise Interrupted within the block, for code that must clean up."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


def over() -> None:
    """Ignore signals from now on, so that none changes the exit status of a process that is done."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in _SIGNALS})


def _end(number: int, frame: FrameType | None) -> None:
    global _last
    if os.getpid() != _owner:  # a forked child stays silent
        os._exit(128 + number)
    if _depth:
        _last = number
        raise Interrupted(number)
    with contextlib.suppress(OSError):
        os.write(2, (("\n" if number == signal.SIGINT and os.isatty(2) else "") + _LINE).encode())
    os._exit(128 + number)


def _again(number: int, frame: FrameType | None) -> None:
    if _depth and _last:
        raise Interrupted(_last)


def _swallowed(unraisable: Any) -> None:
    """Raise Interrupted again if Python dropped it because an object was just being freed."""
    if isinstance(unraisable.exc_value, Interrupted):
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)
    else:
        sys.__unraisablehook__(unraisable)
