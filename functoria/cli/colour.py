"""Colour on terminals: the styles, and whether to use them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal, NamedTuple, TextIO

from functoria.errors import InvalidValue
from functoria.progress import moving

When = Literal["auto", "always", "never"]
STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "message": "bold",
    "place": "cyan",
    "caret": "bold red",
    "added": "green",
    "removed": "red",
    "hunk": "cyan",
    "heading": "bold",
    "name": "cyan",
    "faint": "dim",
    "good": "green",
    "case": "yellow",
}
"""How each kind of text looks, in rich's words: colours that every terminal has, on a light or a dark ground."""
DIFF = {"+": "added", "-": "removed", "@": "hunk"}
"""The styles of lines of a unified diff, by their first character."""
WHENS = ("auto", "always", "never")
"""When to use colour: on terminals, always or never."""
_when: When = "auto"


class Piece(NamedTuple):
    """Text to print, and the name of its style."""

    text: str
    style: str = ""


Line = Sequence[Piece]


def choose(when: str) -> None:
    """Use colour `always`, `never`, or with `auto` on terminals unless the environment forbids it."""
    global _when
    if when not in WHENS:
        raise InvalidValue(f"colour is auto, always or never, not {when!r}", objects=[when])
    _when = when  # type: ignore[assignment]  # one of the three


def coloured(stream: TextIO) -> bool:
    """Return whether `stream` gets colour. See https://no-color.org for NO_COLOR."""
    if _when != "auto":
        return _when == "always"
    return moving(stream) and not os.environ.get("NO_COLOR")


def painted(text: str, style: str, stream: TextIO) -> str:
    """Return the printable `text`, in the given style if `stream` gets colour."""
    if not text or style not in STYLES or not coloured(stream):
        return text
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(STYLES[style]).render(text, color_system=ColorSystem.STANDARD)
