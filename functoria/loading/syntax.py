"""Errors for files that are not Python: Python's message, and its place."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

from functoria.errors import ConfigError
from functoria.loading.frames import frames, of_python
from functoria.location import Location
from functoria.span import Span


def invalid(error: SyntaxError, path: Path, source: bytes, name: str) -> ConfigError:
    """Return the error for the configuration `path`: in `source`, the content of the file `name`, or in an imported module."""
    led = frames(error) if error.filename is None else []  # of a module with a zero byte
    file = error.filename or name
    if led:
        return ConfigError(
            f"{path} failed: {of_python(error)}", objects=[path], locations=[each.location for each in led]
        )
    if file != name:
        try:
            source = Path(file).read_bytes()
        except (OSError, ValueError):
            source = b""
    return ConfigError(
        f"{path} is not valid Python: {_said(error, source)}",
        objects=[path],
        locations=[_place(error, file, source)],
    )


def _said(error: SyntaxError, source: bytes) -> str:
    if b"\0" in source:
        return "it contains a zero byte: remove it"
    wrong = _undecoded(source)
    if wrong is not None:
        codec, at = wrong
        return (
            f"byte 0x{source[at]:02x} is not {codec}: save it as UTF-8, or name its encoding, as in # coding: latin-1"
        )
    if "unknown encoding" in error.msg:
        return f"{error.msg}: name one that Python has, such as utf-8"
    if "unterminated" in error.msg:
        return f"{error.msg}: end it with the quote that it begins with"
    return error.msg


def _place(error: SyntaxError, file: str, source: bytes) -> Location:
    wrong = _undecoded(source)
    at = source.find(b"\0") if b"\0" in source else wrong[1] if wrong is not None else None
    if at is not None:
        start = max(source.rfind(end, 0, at) for end in (b"\n", b"\r")) + 1
        return _of_line(file, source.count(b"\n", 0, at) + 1, at - start, at - start + 1)
    if "unknown encoding" in error.msg:
        lines = source.splitlines()[:2]
        named = next((number for number, line in enumerate(lines, 1) if b"coding" in line), 1)
        return Location(file, named)
    number = error.lineno or 1
    start, end = (error.offset or 1) - 1, (error.end_offset or 0) - 1
    if error.end_lineno != error.lineno or end <= start:
        end = start + 1
    said, line = (error.text or "").rstrip("\r\n").removeprefix("\ufeff"), _line(source, number)
    if line is not None and said.strip() != line.strip():  # of a replacement field, whose text is in brackets here
        inner = said.strip().removeprefix("(").removesuffix(")").strip()
        if not inner or line.count(inner) != 1:
            return Location(file, number)
        shift = line.index(inner) - said.index(inner)
        start, end, said = start + shift, end + shift, line
    columns = [len(said[: max(0, each)].encode("utf-8", "surrogatepass")) for each in (start, end)]
    return _of_line(file, number, *columns)


def _of_line(file: str, line: int, start: int, end: int) -> Location:
    return Location(file, line, Span(line, line, start, end))


def _undecoded(source: bytes) -> tuple[str, int] | None:
    """Return the encoding of `source` by Python's rules and the position of its first invalid byte; None if there is none."""
    try:
        codec, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    except (SyntaxError, ValueError):  # an unknown encoding, or a first line that is not UTF-8
        codec = "utf-8"
    try:
        source.decode(codec)
    except UnicodeDecodeError as error:
        return ("UTF-8" if codec.startswith("utf-8") else codec, error.start)
    return None


def _line(source: bytes, number: int) -> str | None:
    """Return a line of `source`; None if it cannot be read."""
    try:
        codec, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        lines = io.TextIOWrapper(io.BytesIO(source), codec).read().split("\n")
    except (SyntaxError, ValueError):
        return None
    return lines[number - 1] if 1 <= number <= len(lines) else None
