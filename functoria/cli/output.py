"""The command line's output, every line of which is printed here."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from functoria.cli.colour import Line, painted
from functoria.errors import FunctoriaError, FunctoriaWarning
from functoria.location import Location, is_own
from functoria.printable import called, shown

if TYPE_CHECKING:
    from functoria.cli.diagnostics import Paper

NOT_ALL = 3
"""The exit status of a command that succeeds, but could not read part of a repository."""


def say(line: object) -> None:
    """Print one line, with escapes for unprintable characters in it, and flush it."""
    print(shown(line), flush=True)


def say_aside(line: object) -> None:
    """Print one line on standard error, with the same escapes, for logs."""
    print(shown(line), file=sys.stderr, flush=True)


def say_unread(problems: Iterable[object], by: Callable[[object], None] = say) -> None:
    """Print each of the `problems` with reading a repository, which may have several lines; `by` prints a line."""
    for problem in problems:
        for line in f"not read: {problem}".split("\n"):
            by(line)


def say_line(line: Line) -> None:
    """Print one line of pieces, each in its style if standard output gets colour."""
    _print_lines([line], sys.stdout)


def say_lines(text: str) -> None:
    """Print a text of several lines, such as a diff, with tabs expanded."""
    for line in text.removesuffix("\n").split("\n"):
        print(shown(line.expandtabs()))


def say_text(lines: Iterable[str]) -> None:
    """Print the lines of a text for programs to read, keeping tabs."""
    for line in lines:
        print("\t".join(shown(part) for part in line.split("\t")))


def say_data(data: Any) -> None:
    """Print `data` as JSON, with escapes for what could move the cursor or reorder text."""
    for line in _data(data, 1).split("\n"):
        print(line)


def say_record(data: Any) -> None:
    """Print `data` as one line of JSON, with the same escapes, and flush it."""
    print(_data(data, None), flush=True)


def _data(data: Any, indent: int | None) -> str:
    import json

    # Other encodings cannot represent all characters.
    plain = (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")
    lines = called(json.dumps(data, indent=indent, ensure_ascii=plain), _json).split("\n")
    return "\n".join(
        line if line.isprintable() else "".join(char if char.isprintable() else _json(char) for char in line)
        for line in lines
    )


def _json(char: str) -> str:
    import json

    return json.dumps(char)[1:-1]


def complain(what: object, status: int, *, before: str = "", verbose: bool = False) -> int:
    """Print the problem `what` on standard error, with the places of an error, if possible, and return `status`."""
    from functoria.cli.diagnostics import complaint, told

    lines = (
        told(what, _paper(), verbose=verbose) if isinstance(what, FunctoriaError) else complaint(str(what), _paper())
    )
    with contextlib.suppress(OSError):
        print(before, end="", file=sys.stderr)
        _print_lines(list(lines), sys.stderr)
    return status


def _paper() -> Paper:
    from functoria.cli.columns import width
    from functoria.cli.diagnostics import Paper

    return Paper(width(sys.stderr), sys.stderr.isatty())


def remark(message: Warning | str, category: type[Warning], file: str, line: int) -> None:
    """Print a warning on standard error, with its places, or the line of the user's code that gave it."""
    from functoria.cli.diagnostics import remark

    locations = getattr(message, "locations", ())
    if not isinstance(message, FunctoriaWarning) and is_own(file):
        locations = [Location(file, line)]
    text = message.message if isinstance(message, FunctoriaWarning) else str(message)
    lines = list(remark(text, locations, _paper(), getattr(message, "objects", ())))
    with contextlib.suppress(OSError):
        _print_lines(lines, sys.stderr)


def _print_lines(lines: Iterable[Line], stream: TextIO) -> None:
    for line in lines:
        print("".join(painted(shown(piece.text), piece.style, stream) for piece in line), file=stream)
    stream.flush()


@contextlib.contextmanager
def recorded() -> Iterator[None]:
    """Print the library's log records on standard error within the block."""
    import logging

    class Records(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            print(shown(f"| {record.name}: {record.getMessage()}"), file=sys.stderr)

    logger, handler = logging.getLogger("functoria"), Records()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def trace() -> None:
    """Print the traceback of the error being handled, marking each line."""
    import traceback

    for line in traceback.format_exc().removesuffix("\n").split("\n"):
        print(shown(f"| {line.expandtabs()}"), file=sys.stderr)
