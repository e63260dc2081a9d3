"""What readers of emitted files share: where a text goes wrong, and brackets in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, NoReturn

_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    """A word of a language: its kind, its text, and where it starts in the whole text, from 0."""

    kind: str
    text: str
    start: int


class SyntaxFault(ValueError):
    """Text that its language cannot read. The message says what is wrong, in which line, and shows that line."""


def fault(text: str, start: int, what: str) -> NoReturn:
    """Raise SyntaxFault: `what` is wrong at the place `start` of `text`."""
    line = text.count("\n", 0, start) + 1
    shown = text.split("\n")[line - 1].strip()
    raise SyntaxFault(f"line {line}: {what}: {shown!r}")


def balanced(text: str, tokens: Iterable[Token]) -> None:
    """Check that every bracket among the `tokens` of `text` is closed by its own kind. Raises SyntaxFault."""
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
