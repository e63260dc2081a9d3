"""Versions in opam's order.

opam compares as Debian does, without epochs: the text after the last `-` is a revision, compared after the rest. Each
part is split into runs of non-digits and of digits. Non-digits compare character by character, `~` before the end,
the end before letters, letters before all else; digits compare as numbers. Thus `1.0~beta < 1.0 < 1.0-1 < 1.0+1`.
"""

from __future__ import annotations

import re
from functools import lru_cache, total_ordering
from typing import Any

from attr import field, frozen

from functoria.errors import InvalidVersion
from functoria.names import WORD
from functoria.printable import worded

_LEGAL = WORD | frozenset(".+~-")
_END = 0

Sort = tuple[Any, ...]


def _weight(char: str) -> int:
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + 256


@lru_cache(maxsize=256)
def _order(letters: str) -> tuple[int, ...]:
    return (*map(_weight, letters), _END)


def _runs(text: str) -> Sort:
    """Return the runs of `text` in a form that compares.

    A run of digits becomes its length and its digits, without leading zeros, so that no number is ever computed.
    """
    key: list[Any] = []
    for letters, digits in re.findall("([^0-9]*)([0-9]*)", text):
        number = digits.lstrip("0")
        key.append((_order(letters), len(number), number))
    # The end compares as an empty run, so that more text may sort below it: 0~ < 0.
    if len(key) == 1:
        key.append(key[0])
    return tuple(key)


_EMPTY = ((_END,), 0, "")
_NO_REVISION = (_EMPTY, _EMPTY)


def _sort_key(text: str) -> Sort:
    main, dash, revision = text.rpartition("-")
    return (_runs(main), _runs(revision)) if dash else (_runs(text), _NO_REVISION)


@total_ordering
@frozen(eq=False, repr=False)
class Version:
    """A version, compared in opam's order. Versions that opam treats as equal are equal, such as `1.0` and `1.00`.

    Raises InvalidVersion for text that opam does not accept: letters, digits and `._+~-`, at least one.
    """

    text: str
    _key: Sort = field(init=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise InvalidVersion(
                f'{worded(self.text)} is not a version: write it as text, in quotes, like "1.0"', objects=[self.text]
            )
        if not self.text or not _LEGAL.issuperset(self.text):
            raise InvalidVersion(
                f"{self.text!r} is not a version: opam accepts letters, digits and . _ + ~ -, at least one of them",
                objects=[self.text],
            )
        object.__setattr__(self, "_key", _sort_key(self.text))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Version({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Version) else NotImplemented

    def __lt__(self, other: Version) -> bool:
        return self._key < other._key if isinstance(other, Version) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    @classmethod
    def of(cls, version: Version | str) -> Version:
        """Return `version` as a Version, whether it is one or text."""
        return version if isinstance(version, Version) else cls(version)

    def next_incompatible(self) -> Version:
        """Return the first release that may break users of this one, by MirageOS's rule for upper bounds.

        Below 1.0.0 it is the next minor release (0.4.2 → 0.5.0), from then on the next major one (1.5.0 → 2.0.0). Raises
        InvalidVersion if the text does not begin with a release number, or if opam does not sort the result above it.
        """
        match = re.match(r"v?([0-9]+)(?:\.([0-9]+))?", self.text)
        if match is None:
            raise InvalidVersion(
                f"{self.text!r} does not begin with a number, so no upper bound follows from it: give max= yourself",
                objects=[self.text],
            )
        prefix = "v" if self.text.startswith("v") else ""
        major, minor = match.group(1), match.group(2) or "0"
        release = f"{_successor(major)}.0.0" if major.strip("0") else f"0.{_successor(minor)}.0"
        bound = Version(prefix + release)
        if bound <= self:
            raise InvalidVersion(
                f"the bound {bound} that follows from {self.text!r} is not above it: give max= yourself", objects=[self]
            )
        return bound


def _successor(digits: str) -> str:
    """Return the decimal number after `digits`, without `int`: a hostile version may have more digits than it accepts."""
    nines = len(digits) - len(digits.rstrip("9"))
    head = digits[: len(digits) - nines]
    if not head:
        return "1" + "0" * nines
    return (head[:-1] + str(int(head[-1]) + 1) + "0" * nines).lstrip("0")
