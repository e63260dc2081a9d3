"""Equality of values that hold others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any


class Composed:
    """Base class of values that hold others. They are equal if what they are, and what they hold, is.

    Comparing neither recurses nor visits a pair twice: values that share their parts take linear time, and those that contain
    themselves end. The hash is that of the value without what it holds, so that it takes no longer.
    """

    __slots__ = ()

    def _label(self) -> Hashable:
        """Return what it is, without what it holds."""
        raise NotImplementedError

    def _agrees(self, other: Any) -> bool | None:
        """Return whether this is equal to `other`, of the same class; None if that depends on what the two hold."""
        return None if self._label() == other._label() else False

    def _inside(self) -> Iterable[Any]:
        """Return what it holds."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return _alike(self, other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._label())


def _alike(one: object, two: object) -> bool:
    """Return whether two values are equal."""
    pending: list[tuple[Any, Any]] = [(one, two)]
    met: dict[tuple[int, int], tuple[Any, Any]] = {}  # with the values, so that the numbers remain theirs
    while pending:
        a, b = pending.pop()
        if a is b:
            continue
        kind = type(a)
        if type(b) is not kind or not (issubclass(kind, Composed) or kind is tuple or kind is dict):
            if a != b:
                return False
            continue
        pair = (id(a), id(b))
        if pair in met:
            continue
        met[pair] = a, b
        if kind is tuple:
            if len(a) != len(b):
                return False
            pending += zip(a, b, strict=True)
        elif kind is dict:
            if a.keys() != b.keys():
                return False
            pending += ((value, b[key]) for key, value in a.items())
        else:
            agrees = a._agrees(b)
            if agrees is False:
                return False
            if agrees is None:
                pending += zip(a._inside(), b._inside(), strict=True)
    return True
