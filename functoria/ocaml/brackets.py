"""Find unclosed brackets and strings, the likeliest cause if a program is not valid OCaml."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    rb"(?P<comment>\(\*)|(?P<end>\*\))"
    rb"|(?P<text>\"(?:\\.|[^\"\\])*\")|\{(?P<mark>[a-z_]*)\|.*?\|(?P=mark)\}"  # strings
    rb"|(?P<open>\"|\{[a-z_]*\|)"  # unclosed ones
    rb"|'(?:\\[^']{1,4}|[^\\'\n])'"
    rb"|(?P<bracket>[()\[\]{}])",
    re.DOTALL,
)
_LINES = re.compile(rb"(?<!\\)\n")
_PAIRS = {b")": b"(", b"]": b"[", b"}": b"{"}


class Unclosed(NamedTuple):
    """An opening byte without its end, its length, and the description of the error."""

    start: int
    length: int
    said: str


def unclosed(source: bytes) -> Unclosed | None:
    """Return the innermost bracket, string or comment of `source` that is not closed, or is closed by another kind of bracket."""
    stack: list[re.Match[bytes]] = []
    comments: list[re.Match[bytes]] = []
    long: re.Match[bytes] | None = None
    for token in _TOKEN.finditer(source):
        if token["comment"]:
            comments.append(token)
        elif token["end"]:
            del comments[-1:]
        elif token["open"]:
            return _told(long or token, "this string is not closed: end it as it begins", 1)
        elif token["text"] and long is None and _LINES.search(token["text"]):
            long = token  # if the number of quotes is odd, the first string that continues in the next line is the unclosed one
        elif token["bracket"] and not comments:
            bracket = token["bracket"]
            if bracket not in _PAIRS:
                stack.append(token)
            elif not stack:
                return _told(token, f"this {bracket.decode()} has no opening bracket: remove it, or add one before")
            elif stack[-1]["bracket"] != _PAIRS[bracket]:
                return _told(
                    stack[-1], f"this {_of(stack[-1])} is closed by {bracket.decode()}: close it with its own kind"
                )
            else:
                stack.pop()
    if comments:
        return _told(comments[-1], "this comment is not closed: end it with *)")
    if stack:
        return _told(stack[-1], f"this {_of(stack[-1])} is never closed: close it where it ends")
    return None


def _of(token: re.Match[bytes]) -> str:
    return token.group().decode()


def _told(token: re.Match[bytes], said: str, length: int | None = None) -> Unclosed:
    return Unclosed(token.start(), length or len(token.group()), said)
