"""The output of a case, from Python and from the programs that it runs, apart from other output of the process."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from functoria.loading.descriptors import flush

OUTPUT = 1 << 16
"""The number of characters that are kept of the end of the output."""
_BYTES = 4 * OUTPUT
"""The largest number of bytes of that many characters."""
_OUT, _ERR = 1, 2
"""The descriptors that programs print to."""


class Printed:
    """Captured output, in a file."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.text = io.TextIOWrapper(
            cast("Any", _Kept(file)), encoding="utf-8", errors="backslashreplace", write_through=True
        )

    def take(self) -> str:
        """Return the end of the output since the last call."""
        with contextlib.suppress(ValueError):  # a configuration may have detached it
            self.text.flush()
        size = os.fstat(self.file.fileno()).st_size
        self.file.seek(max(0, size - _BYTES))
        found = self.file.read()
        self.file.seek(0)  # shared with programs that are still running
        self.file.truncate()
        return found.decode(errors="replace")[-OUTPUT:]


class _Kept(io.RawIOBase):
    """The file of a text wrapper; closing the wrapper leaves it open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def close(self) -> None:
        pass

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._file.write(data)


class _ByThread:
    """A standard stream that leads to `own` in the thread that made it, and to `others` in all other threads."""

    def __init__(self, own: Any, others: Any) -> None:
        self._thread = threading.get_ident()
        self._own, self._others = own, others

    def close(self) -> None:
        self.flush()  # stays in use until the case ends

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own if threading.get_ident() == self._thread else self._others, name)


@contextlib.contextmanager
def printed(*, alone: bool = False) -> Iterator[Printed]:
    """Capture what this thread prints within the block and, in the main thread, the standard output of programs.

    In a process that is `alone`, nothing else prints, so the standard error of programs is captured too. Python's output in other
    threads goes where it went before.
    """
    out, err = sys.stdout, sys.stderr
    with tempfile.TemporaryFile(buffering=0) as file, contextlib.ExitStack() as stack:
        found = Printed(cast("BinaryIO", file))
        if threading.current_thread() is threading.main_thread():
            out = stack.enter_context(_into(file.fileno(), _OUT, out))
            if alone:
                err = stack.enter_context(_into(file.fileno(), _ERR, err))
        stack.enter_context(contextlib.redirect_stdout(cast("Any", _ByThread(found.text, out))))
        stack.enter_context(contextlib.redirect_stderr(cast("Any", _ByThread(found.text, err))))
        yield found


@contextlib.contextmanager
def _into(file: int, descriptor: int, stream: Any) -> Iterator[Any]:
    """Redirect `descriptor` to `file`, and yield a stream that leads where `stream` led before."""
    try:
        before = os.dup(descriptor)
    except OSError:  # it is closed
        yield stream
        return
    try:
        flush()
        os.dup2(file, descriptor)
        if _leads(stream) != descriptor:
            yield stream
        else:
            with open(before, "w", 1, stream.encoding, stream.errors, closefd=False) as other:
                yield other
    finally:
        flush()
        os.dup2(before, descriptor)
        os.close(before)


def _leads(stream: Any) -> int | None:
    """Return the descriptor of `stream`; None if it has none."""
    try:
        return int(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return None
