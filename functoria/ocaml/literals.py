"""Read OCaml's literals: numbers, strings and characters."""

from __future__ import annotations

import math
import re

from functoria.ocaml.values import Char, Int64

_ESCAPE = re.compile(
    rb"""(?P<odd>\x01)|\\(?:(?P<simple>[\\"'ntbr ])|(?P<decimal>[0-9]{3})|x(?P<hex>[0-9a-fA-F]{2})|o(?P<octal>[0-3][0-7]{2})"""
    rb"""|u\{(?P<unicode>[0-9a-fA-F]{1,6})\}|(?P<line>\r?\n[ \t]*))""",
    re.DOTALL,
)
_SIMPLE = {b"n": b"\n", b"t": b"\t", b"b": b"\b", b"r": b"\r"}


def unescaped(text: bytes) -> str:
    """Return the string that `text`, the source between double quotes, denotes. Raises ValueError."""

    def one(match: re.Match[bytes]) -> bytes:
        if match["odd"]:
            return b"\\"
        if match["simple"]:
            return _SIMPLE.get(match["simple"], match["simple"])
        if match["decimal"]:
            return bytes([int(match["decimal"])])
        if match["hex"]:
            return bytes([int(match["hex"], 16)])
        if match["octal"]:
            return bytes([int(match["octal"], 8)])
        if match["unicode"]:
            return chr(int(match["unicode"], 16)).encode()
        return b""

    if b"\\" in text or b"\x01" in text:
        if b"\\" in _ESCAPE.sub(b"", text):
            raise ValueError("an escape that OCaml does not have")
        text = _ESCAPE.sub(one, text)
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise ValueError("bytes that are not UTF-8") from None


def character(text: bytes) -> Char:
    """Return the character that `text`, the source between single quotes, denotes. Raises ValueError."""
    found = unescaped(text)
    if len(found.encode()) != 1:
        raise ValueError("a character is one byte")
    return Char(found)


_WHOLE = re.compile(r"([+-]?)(?:0([xXoObBuU]))?([0-9a-fA-F][0-9a-fA-F_]*)", re.ASCII)
_BASES = {"": 10, "u": 10, "x": 16, "o": 8, "b": 2}
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?", re.ASCII | re.IGNORECASE)
_HEXADECIMAL = re.compile(r"[+-]?0x([0-9a-f]+(\.[0-9a-f]*)?|\.[0-9a-f]+)(p[+-]?[0-9]+)?", re.ASCII | re.IGNORECASE)


def number(text: str) -> object:
    """Return the number `text`. Raises ValueError if OCaml does not allow it, or it is not supported here."""
    if text[-1:] in ("l", "n"):
        raise ValueError("only int, int64 and float are supported, not int32 and nativeint")
    long = text.endswith("L")
    if (whole := _WHOLE.fullmatch(text.removesuffix("L"))) is None:
        return real(text)
    sign, mark, digits = whole.groups(default="")
    bits = 64 if long else 63
    try:
        found = int(digits.replace("_", ""), _BASES[mark.lower()])
    except ValueError:
        return real(text)
    # Of a number with a mark, all bits may be written: the last one is the sign.
    if found >= 1 << bits if mark else not -(1 << bits - 1) <= (-found if sign == "-" else found) < 1 << bits - 1:
        raise ValueError("an int64 has 64 bits" if long else "OCaml's integers have 63 bits")
    found = ((-found if sign == "-" else found) + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
    return Int64(found) if long else found


def real(text: str) -> float:
    """Return the float `text`, whose point may be missing. Raises ValueError if OCaml does not read it as one."""
    plain = text.replace("_", "").lstrip(" \t\n\v\f\r")
    if _DECIMAL.fullmatch(plain):
        return float(plain)
    if _HEXADECIMAL.fullmatch(plain):
        try:
            return float.fromhex(plain)
        except OverflowError:
            return -math.inf if plain.startswith("-") else math.inf
    raise ValueError("this form of a number is not supported")
