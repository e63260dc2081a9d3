"""Phrases for the values of a key that a condition allows: for messages, and for the labels of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from attr import frozen

if TYPE_CHECKING:
    from functoria.key import Key


class Side(NamedTuple):
    """What a phrase lists: the values that are included, or those that are excluded; without values, whether one is given."""

    included: bool
    values: tuple[str | None, ...] = ()


@frozen
class Allowed:
    """Some of the values of a key, as text; None stands for not giving the key."""

    key: Key[Any]
    values: tuple[str | None, ...]
    places: frozenset[int]
    """The indices of the allowed values."""
    other: str | None = None
    """The value that stands for all further values, and is never named; None if there is none."""

    @property
    def option(self) -> str:
        """The option of the key."""
        return self.key.options[-1]

    @property
    def side(self) -> Side:
        """The side with the shorter phrase or, if they are equal, the one that need not mention leaving the key out."""
        kept = tuple(value for place, value in enumerate(self.values) if place in self.places)
        rest = tuple(value for place, value in enumerate(self.values) if place not in self.places)
        if self._flag and (set(kept) <= {"true"} or set(rest) <= {"true"}):
            return Side(set(kept) <= {"true"})
        if (None,) in (kept, rest):
            return Side(rest == (None,))
        if self.other is not None:
            included = self.other not in kept
        elif None in rest:
            included = True
        else:
            included = len(kept) < len(rest) + (None not in kept)
        return Side(included, kept if included else rest)

    @property
    def sentence(self) -> str:
        """The phrase in a sentence, as in `with --net=direct or no --net`, `where target is xen`."""
        included, values = self.side
        if not values:
            return f"{'with' if included else 'without'} {self._itself(included)}"
        if self.key.name == "target" and None not in self.values:
            names = (" or " if included else " and ").join(map(str, values))
            return f"where target is {names}" if included else f"on every target except {names}"
        return f"{'with' if included else 'without'} {self._listed(values)}"

    def label(self, *, alone: bool) -> str:
        """The phrase in a label, as in `--maybe=y|z`; if the label is about this key `alone`, only values: `y, z`."""
        included, values = self.side
        if not values:
            return self._itself(included) if included else f"without {self.option}"
        if alone:
            texts = ", ".join(f"no {self.option}" if value is None else value for value in _ordered(values))
            return texts if included else f"not {texts}"
        texts = f"({self._listed(values)})" if None in values else f"{self.option}={'|'.join(map(str, values))}"
        return texts if included else f"without {texts}"

    @property
    def _flag(self) -> bool:
        return self.key.kind in ("flag", "alias")

    def _itself(self, included: bool) -> str:
        return f"any {self.option}" if included and not self._flag else self.option

    def _listed(self, values: Sequence[str | None]) -> str:
        texts = [f"no {self.option}" if value is None else f"{self.option}={value}" for value in _ordered(values)]
        return " or ".join(texts)


def _ordered(values: Sequence[str | None]) -> list[str | None]:
    """Return the values, with leaving the key out as the last."""
    return sorted(values, key=lambda value: value is None)


def given_first(parts: Sequence[str]) -> list[str]:
    """Return the parts of a condition, those that require values before those that exclude some."""
    return sorted(parts, key=lambda part: part.startswith("without "))
