"""Read OCaml's literals: numbers, strings and characters."""

from __future__ import annotations

import re

from functoria.ocaml.values import Char, Int64

_INT = range(-(2**62), 2**62)
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


def number(text: str) -> object:
    """Return the number `text`. Raises ValueError if OCaml does not allow it, or it is not supported here."""
    plain = text.replace("_", "")
    suffix = plain[-1:] if plain[-1:] in ("l", "L", "n") else ""
    digits = plain.removesuffix(suffix)
    if suffix in ("l", "n"):
        raise ValueError("only int, int64 and float are supported, not int32 and nativeint")
    try:
        found = int(digits, 0) if digits[:2].lower() in ("0x", "0o", "0b") else int(digits)
    except ValueError:
        if suffix or not re.fullmatch(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?", digits):
            raise ValueError("this form of a number is not supported") from None
        return float(digits)
    if suffix:
        if not -(2**63) <= found < 2**63:
            raise ValueError("an int64 has 64 bits")
        return Int64(found)
    if found not in _INT:
        raise ValueError("OCaml's integers have 63 bits")
    return found
