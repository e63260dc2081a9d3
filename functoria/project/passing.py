"""Run a program with its output passed through unchanged, and read it along the way."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_PATIENCE = 5.0
"""The time that a program has to end after a signal, in seconds."""
_MOST = 1 << 16
_LOOK = 0.5
"""The interval between checks of the terminal's size, in seconds."""
_CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\r(?=\n)")
"""Control sequences for terminals: colours, movements of the cursor, and returns before line ends."""


class NotStarted(Exception):
    """The program does not exist, or the system cannot run it. The cause has the details."""


def run(command: Sequence[str], directory: Path) -> tuple[int, str]:
    """Run `command` in `directory`. Return its status and its output, without control sequences for terminals.

    What it prints is passed through byte for byte, standard output and standard error each to its own. Where one of these is a
    terminal, the program has a terminal there, of the same size, and does what it does on terminals: colours, progress. It
    reads the standard input itself, and gets the signals of the keyboard. Raises NotStarted.
    """
    with contextlib.ExitStack() as stack:
        ways = [_Way(stream, stack) for stream in (sys.stdout, sys.stderr)]
        out, err = (way.given for way in ways)
        try:
            process = subprocess.Popen(command, cwd=directory, stdout=out, stderr=err)
        except OSError as error:
            raise NotStarted(command[0]) from error
        with process:
            try:
                for way in ways:
                    way.begin()
                read = b"".join(_pass(ways))
            except BaseException:
                _stop(process)
                raise
    return process.returncode, _CONTROL.sub(b"", read).decode(errors="replace")


class _Way:
    """The channel from a program's output to one of our standard streams, by a pipe or a terminal."""

    def __init__(self, stream: Any, stack: contextlib.ExitStack) -> None:
        self.stream = stream
        self.size: Any = None
        self.terminal = stream is not None and stream.isatty() and hasattr(os, "openpty")
        if stream is not None:
            stream.flush()  # earlier output must come first
        self.reads, self.given = os.openpty() if self.terminal else os.pipe()
        if self.terminal:
            _as_it_is(self.given)
            self.resize()
        self._closing = stack.enter_context(contextlib.ExitStack())
        self._closing.callback(os.close, self.given)
        stack.callback(os.close, self.reads)

    def begin(self) -> None:
        """Close our copy of the program's end."""
        self._closing.close()

    def resize(self) -> None:
        """Give the program's terminal the size of ours, if that has changed."""
        import fcntl
        import struct
        import termios

        with contextlib.suppress(OSError, ValueError):  # not a terminal of the system, but something like one
            size = os.get_terminal_size(self.stream.fileno())
            if size != self.size:
                self.size = size
                fcntl.ioctl(self.reads, termios.TIOCSWINSZ, struct.pack("HHHH", size.lines, size.columns, 0, 0))

    def passed(self) -> bytes:
        """Pass on the available output; empty at the end."""
        try:
            data = os.read(self.reads, _MOST)
        except OSError:  # a terminal reports in this way that nobody writes to it any more
            return b""
        if data and self.stream is not None:
            to = getattr(self.stream, "buffer", None)
            if to is None:
                self.stream.write(data.decode(errors="replace"))
            else:
                to.write(data)
            self.stream.flush()
        return data


def _pass(ways: Sequence[_Way]) -> Iterator[bytes]:
    with selectors.DefaultSelector() as selector:
        for way in ways:
            selector.register(way.reads, selectors.EVENT_READ, way)
        while selector.get_map():
            for key, _ in selector.select(_LOOK if any(way.terminal for way in ways) else None):
                data = key.data.passed()
                if data:
                    yield data
                else:
                    selector.unregister(key.fd)
            for way in ways:
                if way.terminal:
                    way.resize()


def _as_it_is(terminal: int) -> None:
    """Make a terminal pass output on unchanged, because our own terminal adds carriage returns."""
    import termios

    attributes = termios.tcgetattr(terminal)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
