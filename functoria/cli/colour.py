"""Colour on terminals: the styles, and whether to use them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal, NamedTuple, TextIO

from functoria.errors import InvalidValue
from functoria.progress import moving, paint

When = Literal["auto", "always", "never"]
STYLES = {
    "error": "bold red",
    "warning": "bold magenta",
    "message": "bold",
    "place": "magenta",
    "caret": "bold red",
    "added": "green",
    "removed": "red",
    "hunk": "magenta",
    "heading": "bold",
    "name": "magenta",
    "faint": "dim",
    "good": "bold",
    "case": "bold magenta",
}
"""The style of each kind of text, in rich's words.

Of the colours that every terminal has, red and magenta are legible on a light and on a dark ground. Green is used only where a
sign says the same, and what is faint can be left out.
"""
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
    paint(when != "never")
    _when = when  # type: ignore[assignment]  # one of the three


def coloured(stream: TextIO) -> bool:
    """Return whether `stream` gets colour. See https://no-color.org for NO_COLOR."""
    if _when != "auto":
        return _when == "always"
    return moving(stream) and not os.environ.get("NO_COLOR")


def painted(text: str, style: str, stream: TextIO) -> str:
    """Return the printable `text`, in the given style if `stream` gets colour."""
    if not text or not STYLES.get(style) or not coloured(stream):
        return text
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(STYLES[style]).render(text, color_system=ColorSystem.STANDARD)
