"""Formatted printing, as by `Fmt.str` and similar functions.

Breaks are blanks, but those in vertical boxes, and the last one outside of all boxes, are new lines. Long lines are not broken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from attr import frozen

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.errors import mistyped, refused
from functoria.ocaml.numbered import counted
from functoria.ocaml.told import Text, Told
from functoria.ocaml.values import Buffer, Char, Function, Int64, Parameter, Suspended, named

_CONVERSION = re.compile(
    r"%(?P<flags>[-+ 0#]*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d+))?(?P<size>[lnL])?(?P<kind>[a-zA-Z%!,@])"
)
_BREAK = re.compile(
    r"@(?:;(?:<\s*(?P<blanks>-?\d+)\s+(?P<offset>-?\d+)\s*>)?|\[(?:<(?P<box>[^>]*)>)?|(?P<other>.?))", re.DOTALL
)
_ESCAPES = str.maketrans({"\n": "\\n", "\t": "\\t"})


@frozen
class Piece:
    """A part of a format: text, a break or box, or a conversion."""

    kind: str
    text: str = ""
    flags: str = ""
    width: str = ""
    precision: str = ""
    offset: int = 0
    """Of a break that becomes a new line: how far that line is indented beyond its box."""

    @property
    def takes(self) -> int:
        """Return the number of arguments that it takes."""
        if self.kind in ("text", "break", "box", "close", "newline", "at"):
            return 0
        return (self.width == "*") + (self.precision == "*") + (2 if self.kind == "a" else 1)


@lru_cache(maxsize=512)
def pieces(text: str, breaks: bool) -> tuple[Piece, ...]:
    """Split a format into parts; with `breaks`, also at those that begin with @. Raises ValueError for an unknown conversion."""
    found: list[Piece] = []
    position = 0
    special = re.compile("[%@]" if breaks else "%")
    while position < len(text):
        match = special.search(text, position)
        if match is None:
            found.append(Piece("text", text[position:]))
            break
        if match.start() > position:
            found.append(Piece("text", text[position : match.start()]))
        part = (_CONVERSION if match[0] == "%" else _BREAK).match(text, match.start())
        if part is None:
            raise ValueError(f"{text[match.start() : match.start() + 3]!r} is not a conversion of formats")
        position = part.end()
        found += _conversion(part) if match[0] == "%" else _break(part)
    return tuple(found)


def _conversion(match: re.Match[str]) -> list[Piece]:
    kind = match["kind"]
    if kind == "%":
        return [Piece("text", "%")]
    if kind == "@":
        return [Piece("text", "@")]
    if kind in "!,":
        return []
    if kind not in "sSdiuxXocCbBfeEgGFHhat":
        raise ValueError(f"%{kind} is not a conversion of formats that is read")
    return [Piece(kind, match["size"] or "", match["flags"], match["width"] or "", match["precision"] or "")]


def _break(match: re.Match[str]) -> list[Piece]:
    if match[0].startswith("@["):
        return [Piece("box", match["box"] or "")]
    other = match["other"]
    if match[0].startswith("@;"):
        return [Piece("break", " " * int(match["blanks"] or 1), offset=int(match["offset"] or 0))]
    if other == "]":
        return [Piece("close")]
    if other == " ":
        return [Piece("break", " ")]
    if other == ",":
        return [Piece("break", "")]
    if other in (".", "\n"):
        return [Piece("newline", other)]
    if other in ("?", "{", "}", "<", ">"):
        return []
    return [Piece("text", "@" if other == "@" else f"@{other}")]


def formatted(
    text: Any,
    at: Location,
    finish: Callable[[Buffer, Location], Any],
    *,
    breaks: bool = True,
    into: Buffer | None = None,
) -> Any:
    """Return the value of a format: the result of `finish`, or if it has conversions, a function of their arguments."""
    if not isinstance(text, str):
        raise mistyped(at, f"this is {named(text)}, but a format is expected", objects=[text])
    try:
        parts = pieces(text, breaks)
    except ValueError as error:
        raise refused(at, str(error)) from None
    count = sum(part.takes for part in parts)

    def call(values: list[Any], place: Location) -> Any:
        buffer = Buffer() if into is None else into
        write(buffer, parts, values, place)
        return finish(buffer, place)

    if not count:
        return call([], at)
    return counted(Function((Parameter(),) * count, call, ("format", text, finish), "this format"))


def write(buffer: Buffer, parts: tuple[Piece, ...], values: list[Any], at: Location) -> None:
    """Write a format's parts, with the values of its conversions."""
    given = iter(values)
    for part in parts:
        if part.kind == "text":
            buffer.write(part.text)
        elif part.kind == "break":
            break_(buffer, part.text, part.offset)
        elif part.kind == "newline":
            if part.text == ".":  # which closes all boxes
                buffer.boxes.clear()
            buffer.line()
        elif part.kind == "box":
            vertical = part.text.startswith("v")
            indent = re.search(r"-?\d+", part.text)
            buffer.open(vertical, int(indent[0]) if indent else 0)
        elif part.kind == "close":
            if buffer.boxes:
                buffer.boxes.pop()
        elif part.kind == "a":
            printer = next(given)
            apply(printer, [Given(buffer), Given(next(given))], at)
        elif part.kind == "t":
            apply(next(given), [Given(buffer)], at)
        else:
            width = next(given) if part.width == "*" else part.width
            precision = next(given) if part.precision == "*" else part.precision
            buffer.write(_one(part, str(width), str(precision), next(given), at))


def break_(buffer: Buffer, blanks: str, offset: int = 0) -> None:
    """Write a break: a new line in a vertical box, indented `offset` columns beyond it, else blanks."""
    if buffer.boxes and buffer.boxes[-1][0]:
        buffer.line(offset)
    elif buffer.boxes:
        buffer.write(blanks)
    else:
        buffer.blank(blanks, offset)


def _one(part: Piece, width: str, precision: str, value: Any, at: Location) -> Text:
    kind = part.kind
    if kind in "sS" and isinstance(value, Told) and not width:
        return value if kind == "s" else quoted(value)
    wanted: dict[str, Any] = {"s": str, "S": str, "c": Char, "C": Char, "b": bool, "B": bool}
    if kind in "sScCbB":
        if not isinstance(value, wanted[kind]):
            raise _wrong(part, value, at)
        text = _text(kind, value)
    elif kind in "diuxXo":
        expected: Any = Int64 if part.text == "L" else int
        if not isinstance(value, expected) or isinstance(value, bool):
            raise _wrong(part, value, at)
        number = value.value if isinstance(value, Int64) else value
        letter = {"i": "d", "u": "d"}.get(kind, kind)
        kept = "+ #" if precision else "+ #0"  # a number with a precision is not padded with zeros
        flags = "".join(flag for flag in part.flags if flag in kept and "-" not in part.flags)
        digits = f".{min(int(precision), 10_000)}" if precision else ""
        if kind in "xXo" and number < 0:
            number += 2**64 if part.text == "L" else 2**63
        return _padded(
            part, width, ("%" + flags + (width if flags and "0" in flags else "") + digits + letter) % number
        )
    else:
        if not isinstance(value, float):
            raise _wrong(part, value, at)
        digits = f".{precision}" if precision else ""
        letter = {"F": "g", "h": "e", "H": "E"}.get(kind, kind)
        flags = "".join(flag for flag in part.flags if flag in "+ #0")
        text = ("%" + flags + digits + letter) % value
        if kind == "F" and re.fullmatch(r"-?\d+", text):
            text += "."
    return _padded(part, width, text)


def _padded(part: Piece, width: str, text: str) -> str:
    if not width:
        return text
    size = min(int(width), 10_000)
    return text.ljust(size) if "-" in part.flags else text.rjust(size)


def _text(kind: str, value: Any) -> str:
    if kind == "S":
        return escaped(value)
    if kind == "C":
        inner = escaped(value.text)[1:-1]
        return "'%s'" % ("\\'" if inner == "'" else '"' if inner == '\\"' else inner)
    if kind in "bB":
        return "true" if value else "false"
    return value.text if isinstance(value, Char) else str(value)


def escaped(text: str) -> str:
    """Escape `text` as OCaml's %S does."""
    if text.isascii() and text.isprintable():
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    parts = []
    for byte in text.encode():
        char = chr(byte)
        if char in '\\"':
            parts.append(f"\\{char}")
        elif char in "\n\t\r\b":
            parts.append({"\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b"}[char])
        elif 32 <= byte < 127:
            parts.append(char)
        else:
            parts.append(f"\\{byte:03d}")
    return f'"{"".join(parts)}"'


def quoted(text: Text) -> Text:
    """`text` as a literal: names need no escaping."""
    if isinstance(text, str):
        return escaped(text)
    return Told(['"', *(escaped(part)[1:-1] if isinstance(part, str) else part for part in text.parts), '"'])


def _wrong(part: Piece, value: Any, at: Location) -> Exception:
    what = {"s": "a text", "S": "a text", "c": "a character", "C": "a character", "b": "a boolean", "B": "a boolean"}
    expected = what.get(part.kind, "an integer" if part.kind in "diuxXo" else "a float")
    return mistyped(at, f"%{part.kind} prints {expected}, but this is {named(value)}", objects=[value])


def force(value: Any) -> Any:
    """Force a lazy value."""
    return value.force() if isinstance(value, Suspended) else value
