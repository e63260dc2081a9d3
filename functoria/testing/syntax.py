"""Tokens and faults, shared by the readers of emitted files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, NoReturn

_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    """A token: its kind, its text, and its offset in the whole text, from 0."""

    kind: str
    text: str
    start: int


class SyntaxFault(ValueError):
    """A syntax error. The message says what is wrong, and shows the line with its number."""


def fault(text: str, start: int, what: str) -> NoReturn:
    """Raise SyntaxFault: `what` is wrong at offset `start` of `text`."""
    line = text.count("\n", 0, start) + 1
    shown = text.split("\n")[line - 1].strip()
    raise SyntaxFault(f"line {line}: {what}: {shown!r}")


def balanced(text: str, tokens: Iterable[Token]) -> None:
    """Check that every bracket among the `tokens` of `text` is closed by its counterpart. Raises SyntaxFault."""
    opened: list[Token] = []
    for token in tokens:
        if token.kind != "bracket":
            continue
        if token.text in _CLOSING:
            opened.append(token)
        elif not opened:
            fault(text, token.start, f"{token.text} closes nothing")
        elif _CLOSING[opened[-1].text] != token.text:
            fault(text, token.start, f"{token.text} closes {opened[-1].text}")
        else:
            opened.pop()
    if opened:
        fault(text, opened[-1].start, f"{opened[-1].text} is never closed")
