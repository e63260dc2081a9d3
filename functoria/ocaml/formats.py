"""Formatted printing, as by `Fmt.str` and similar functions: formats, and how they print numbers and texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from attr import frozen

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.boxes import Buffer
from functoria.ocaml.errors import mistyped, refused
from functoria.ocaml.numbered import counted
from functoria.ocaml.told import Text, Told
from functoria.ocaml.values import Char, Function, Int64, Parameter, Suspended, named

_CONVERSION = re.compile(
    r"%(?P<flags>[-+ 0#]*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d+))?(?P<size>[lnL])?(?P<kind>[a-zA-Z%!,@])"
)
_BREAK = re.compile(
    r"@(?:;(?:<\s*(?P<blanks>-?\d+)\s+(?P<offset>-?\d+)\s*>)?|\[(?:<(?P<box>[^>]*)>)?|(?P<other>.?))", re.DOTALL
)
_BOX = re.compile(r"\s*(h|v|hv|hov|b|)\s*(-?\d+)?\s*")
_MARKS = ("text", "break", "box", "close", "newline", "flush")


@frozen
class Piece:
    """A part of a format: text, a break or box, or a conversion."""

    kind: str
    text: str = ""
    """The text; of a break its blanks, of a box its kind, of a flush its end, of a number the letter for its size."""
    flags: str = ""
    width: str = ""
    precision: str = ""
    offset: int = 0
    """The indentation of a new line beyond its box, for a break."""

    @property
    def takes(self) -> int:
        """Return the number of arguments that this part takes."""
        if self.kind in _MARKS:
            return 0
        return (self.width == "*") + (self.precision == "*") + (2 if self.kind == "a" else 1)


_AFTER_AT: dict[str, tuple[Piece, ...]] = {
    "]": (Piece("close"),),
    " ": (Piece("break", " "),),
    ",": (Piece("break", ""),),
    ".": (Piece("flush", "\n"),),
    "?": (Piece("flush"),),
    "\n": (Piece("newline"),),
    "{": (),
    "}": (),
    "<": (),
    ">": (),
}


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
            raise ValueError(f"{text[match.start() : match.start() + 3]!r} is not a conversion in a format")
        position = part.end()
        found += _conversion(part) if match[0] == "%" else _break(part)
    return tuple(found)


def _conversion(match: re.Match[str]) -> list[Piece]:
    kind = match["kind"]
    if kind == "%":
        return [Piece("text", "%")]
    if kind == "@":
        return [Piece("text", "@")]
    if kind == "!":
        return [Piece("flush")]
    if kind == ",":
        return []
    if kind not in "sSdiuxXocCbBfeEgGFHhat":
        raise ValueError(f"the conversion %{kind} is not supported in a format")
    return [Piece(kind, match["size"] or "", match["flags"], match["width"] or "", match["precision"] or "")]


def _break(match: re.Match[str]) -> list[Piece]:
    if match[0].startswith("@["):
        box = _BOX.fullmatch(match["box"] or "")
        if box is None:
            raise ValueError(f"{match[0]!r} is not a box in a format")
        return [Piece("box", box[1], offset=int(box[2] or 0))]
    other = match["other"]
    if match[0].startswith("@;"):
        return [Piece("break", " " * int(match["blanks"] or 1), offset=int(match["offset"] or 0))]
    found = _AFTER_AT.get(other)
    if found is not None:
        return list(found)
    return [Piece("text", "@" if other == "@" else f"@{other}")]


def formatted(
    text: Any,
    at: Location,
    finish: Callable[[Buffer, Location], Any],
    *,
    breaks: bool = True,
    into: Buffer | None = None,
    texts: bool = False,
) -> Any:
    """Return the value of a format: the result of `finish`, or if it has conversions, a function of their arguments.

    With `texts`, printers of values are called with unit and return a text.
    """
    if not isinstance(text, str):
        raise mistyped(at, f"this is {named(text)}, but a format is expected", objects=[text])
    try:
        parts = pieces(text, breaks)
    except ValueError as error:
        raise refused(at, str(error)) from None
    count = sum(part.takes for part in parts)

    def call(values: list[Any], place: Location) -> Any:
        buffer = Buffer() if into is None else into
        write(buffer, parts, values, place, texts=texts)
        return finish(buffer, place)

    if not count:
        return call([], at)
    return counted(Function((Parameter(),) * count, call, ("format", text, finish), "this format"))


def write(buffer: Buffer, parts: tuple[Piece, ...], values: list[Any], at: Location, *, texts: bool = False) -> None:
    """Write a format's parts, with the values of its conversions."""
    given = iter(values)
    for part in parts:
        if part.kind == "text":
            buffer.write(part.text)
        elif part.kind == "break":
            buffer.blank(len(part.text), part.offset)
        elif part.kind == "newline":
            buffer.line()
        elif part.kind == "flush":
            buffer.flush(part.text)
        elif part.kind == "box":
            buffer.open(part.text, part.offset)
        elif part.kind == "close":
            buffer.close()
        elif part.kind in "at":
            printer = next(given)
            printed = [Given(next(given))] if part.kind == "a" else []
            found = apply(printer, [Given(() if texts else buffer), *printed], at)
            if texts and found != ():
                if not isinstance(found, (str, Told)):
                    raise mistyped(
                        at, f"%{part.kind} prints a string here, but this is {named(found)}", objects=[found]
                    )
                buffer.write(found)
        else:
            width = next(given) if part.width == "*" else part.width
            precision = next(given) if part.precision == "*" else part.precision
            buffer.write(_one(part, str(width), str(precision), next(given), at))


def _one(part: Piece, width: str, precision: str, value: Any, at: Location) -> Text:
    kind = part.kind
    if kind in "sS" and isinstance(value, Told) and not width:
        return value if kind == "s" else quoted(value)
    wanted: dict[str, Any] = {"s": str, "S": str, "c": Char, "C": Char, "b": bool, "B": bool}
    if kind in "sScCbB":
        if not isinstance(value, wanted[kind]):
            raise _wrong(part, value, at)
        text = _text(kind, value)
        if kind in "cC":  # a width has no effect
            return text
    elif kind in "diuxXo":
        expected: Any = Int64 if part.text == "L" else int
        if not isinstance(value, expected) or isinstance(value, bool):
            raise _wrong(part, value, at)
        number: Any = value
        return _integer(part, width, precision, number.value if part.text == "L" else number)
    else:
        if not isinstance(value, float):
            raise _wrong(part, value, at)
        return _float(part, width, precision, value)
    return _padded(part, width, text)


def _integer(part: Piece, width: str, precision: str, number: int) -> str:
    """Format an integer as C's printf does; `#` puts underscores into decimal ones."""
    if part.kind in "uxXo" and number < 0:
        number += 2**64 if part.text == "L" else 2**63
    letter = {"i": "d", "u": "d"}.get(part.kind, part.kind)
    signs = "".join(flag for flag in part.flags if flag in ("#" if part.kind == "u" else "+ #"))
    if not number and letter in "xX":
        signs = signs.replace("#", "")
    digits = f".{min(int(precision), 10_000)}" if precision else ""
    text = f"%{signs}{digits}{letter}" % number
    if letter == "o":
        text = text.replace("0o", "0") if number else text.replace("0o", "")
    if signs == "#" and letter == "d":
        text = re.sub(r"(?<=\d)(?=(\d{3})+$)", "_", text)
    return _padded(part, width, text, zeros=not precision)


def _float(part: Piece, width: str, precision: str, value: float) -> str:
    """Format a float as C's printf does; F as OCaml writes it, h in hexadecimal digits."""
    kind = part.kind
    if kind in "hH":
        text = _hexadecimal(value, precision)
        if text[0] != "-":
            text = ("+" if "+" in part.flags else " " if " " in part.flags else "") + text
        return _padded(part, width, text.upper() if kind == "H" else text, zeros=True)
    digits = precision or ("12" if kind == "F" else "6")
    flags = "".join(flag for flag in part.flags if flag in "+ #")
    text = f"%{flags}.{min(int(digits), 10_000)}{'g' if kind == 'F' else kind}" % value
    if kind == "F":
        text = {"inf": "infinity", "-inf": "neg_infinity", "nan": "nan"}.get(text.lstrip("+ "), text)
        text += "." if re.fullmatch(r"[ +-]*\d+", text) else ""
    return _padded(part, width, text, zeros=True)


def _hexadecimal(value: float, precision: str) -> str:
    """Return a float in hexadecimal digits, without zeros at the end; with a `precision`, so many digits after the point."""
    found = re.fullmatch(r"(-?0x)([01])\.([0-9a-f]+)(p.*)", value.hex())
    if found is None:
        return value.hex().replace("inf", "infinity")
    before, first, rest, exponent = found.groups()
    if not precision:
        rest = rest.rstrip("0")
    elif (wanted := min(int(precision), 10_000)) >= len(rest):
        rest = rest.ljust(wanted, "0")
    else:
        step = 16 ** (len(rest) - wanted)
        digits = f"{round(Fraction(int(first + rest, 16), step)):x}"  # to even if it is in the middle
        first, rest = digits[:1], digits[1:]
    return f"{before}{first}{'.' if rest else ''}{rest}{exponent}"


def _padded(part: Piece, width: str, text: str, *, zeros: bool = False) -> str:
    if not width:
        return text
    size = max(-10_000, min(int(width), 10_000))
    if zeros and "0" in part.flags and "-" not in part.flags and size > 0:
        sign = re.match(r"[+ -]|0[xX]", text)
        before = sign[0] if sign else ""  # of a sign and 0x, OCaml puts zeros between the two
        return before + text.removeprefix(before).rjust(size - len(before), "0")
    return text.ljust(abs(size)) if "-" in part.flags or size < 0 else text.rjust(size)


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
    """Return `text` as a literal. Names need no escaping."""
    if isinstance(text, str):
        return escaped(text)
    return Told(['"', *(escaped(part)[1:-1] if isinstance(part, str) else part for part in text.parts), '"'])


def _wrong(part: Piece, value: Any, at: Location) -> Exception:
    what = {
        "s": "a string",
        "S": "a string",
        "c": "a character",
        "C": "a character",
        "b": "a boolean",
        "B": "a boolean",
    }
    expected = what.get(part.kind, "an integer" if part.kind in "diuxXo" else "a float")
    return mistyped(at, f"%{part.kind} prints {expected}, but this is {named(value)}", objects=[value])


def force(value: Any) -> Any:
    """Force a lazy value."""
    return value.force() if isinstance(value, Suspended) else value
