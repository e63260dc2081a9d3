"""Texts with names that only a plan chooses, which a translation passes to the functions of a device.

Such a text can only be joined with others. The result of anything else, such as comparing, measuring or splitting it, would
depend on the name, and is refused, because the method written in Python must be right for every name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from attr import frozen

from functoria.errors import ConfigError

WHY = (
    "the code of the device depends on the letters of a name that is only chosen when a plan is made: write that device in "
    "Python by hand"
)


@frozen
class Hole:
    """A name that only a plan chooses, as a Python expression."""

    python: str


class LookedInto(ConfigError):
    """Code depends on the letters of a name that only a plan chooses."""


class Told:
    """A text with holes for names that contain no quotes, backslashes or blanks."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[str | Hole]) -> None:
        self.parts = tuple(parts)

    def looked(self, *_: Any) -> NoReturn:
        """Refuse everything but joining. Raises LookedInto."""
        raise LookedInto(WHY)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = looked
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __str__ = __hash__ = looked

    def __repr__(self) -> str:
        return f"Told({self.parts!r})"


Text = str | Told


def joined(texts: Iterable[Text]) -> Text:
    """Join texts."""
    held = list(texts)
    if all(isinstance(text, str) for text in held):
        return "".join(held)  # type: ignore[arg-type]
    return Told(part for text in held for part in (text.parts if isinstance(text, Told) else (text,)))


def size(text: Text) -> int:
    """Return the approximate length of a text."""
    return len(text) if isinstance(text, str) else sum(len(part) if isinstance(part, str) else 1 for part in text.parts)
