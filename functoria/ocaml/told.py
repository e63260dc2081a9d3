"""Texts that contain names which only a plan chooses: what a translation gives to the functions of a device.

Such a text can be joined with others. Anything else that is done with a text, such as comparing or measuring it, or taking its
letters, has another result for other names. That is refused, because the method that is written in Python must be right for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from attr import frozen

from functoria.errors import ConfigError

WHY = (
    "the code of the device does more with a name that is only chosen when a plan is made than write it: write that device in "
    "Python by hand"
)


@frozen
class Hole:
    """A name that is told, as an expression of Python."""

    python: str


class LookedInto(ConfigError):
    """The letters of a name that only a plan chooses are asked for."""


class Told:
    """A text with holes, which are names without quotes, backslashes or blanks."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[str | Hole]) -> None:
        self.parts = tuple(parts)

    def looked(self, *_: Any) -> NoReturn:
        """Refuse to be anything but written. Raises LookedInto."""
        raise LookedInto(WHY)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = looked
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __str__ = __hash__ = looked

    def __repr__(self) -> str:
        return f"Told({self.parts!r})"


Text = str | Told


def joined(texts: Iterable[Text]) -> Text:
    """The texts, one after the other."""
    held = list(texts)
    if all(isinstance(text, str) for text in held):
        return "".join(held)  # type: ignore[arg-type]
    return Told(part for text in held for part in (text.parts if isinstance(text, Told) else (text,)))


def size(text: Text) -> int:
    """About how long a text is."""
    return len(text) if isinstance(text, str) else sum(len(part) if isinstance(part, str) else 1 for part in text.parts)
