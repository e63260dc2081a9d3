"""Immutable forms of what devices hold: tuples for lists, read-only mappings and sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from functoria.transport import PLAIN, Linked

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(Mapping[K, V]):
    """A mapping that cannot change, to values that cannot either. Unlike MappingProxyType it can be pickled."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V]) -> None:
        self._items: dict[K, V] = {key: freeze(item) for key, item in items.items()}

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __reversed__(self) -> Iterator[K]:
        return reversed(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __or__(self, other: Mapping[K, V]) -> dict[K, V]:
        return {**self._items, **other} if isinstance(other, Mapping) else NotImplemented

    def __ror__(self, other: Mapping[K, V]) -> dict[K, V]:
        return {**other, **self._items} if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenDict, (self._items,))

    def __repr__(self) -> str:
        return f"FrozenDict({self._items!r})"


class FrozenSet(frozenset[Any]):
    """A frozen set whose order of iteration is the same in every process, so that what devices make of it is too."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        items = {item: repr(item) for item in super().__iter__()}
        if len(set(items.values())) < len(items):  # terms are abbreviated within the text of others
            from functoria.fingerprint import fingerprint

            items = {item: f"{text} {fingerprint(item)}" for item, text in items.items()}
        return iter(sorted(items, key=items.__getitem__))


class ReadOnly(dict[K, V]):
    """An immutable dict, for users and libraries that expect a dict. Calls that would change nothing are allowed."""

    advice: ClassVar[str] = "this cannot be changed: dict(…) is a copy that can be"
    """The message of the TypeError for an attempt to change it."""

    def copy(self) -> dict[K, V]:
        """Return a dict, which can be changed."""
        return dict(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (dict(self),))

    if not TYPE_CHECKING:  # Type checkers see a dict's own methods, with their types.

        def _refuse(self, *args, **named):
            raise TypeError(self.advice)

        __setitem__ = __delitem__ = __ior__ = update = popitem = clear = _refuse

        def pop(self, key, *default):
            """Return `default` for a key that is not there."""
            return default[0] if default and key not in self else self._refuse()

        def setdefault(self, key, default=None):
            """Return the item of a key that is there."""
            return self[key] if key in self else self._refuse()


UNCHANGING = PLAIN | {FrozenDict, FrozenSet}
"""Immutable classes that need no freezing; most of what devices hold is of these."""


def freeze(value: Any) -> Any:
    """Return `value` with tuples for lists, FrozenDicts for mappings and FrozenSets for sets."""
    if type(value) in UNCHANGING or isinstance(value, Linked) or (type(value) is tuple and not value):
        return value
    if isinstance(value, (list, tuple)):
        items = [freeze(item) for item in value]
        if isinstance(value, tuple) and all(new is old for new, old in zip(items, value, strict=True)):
            return value
        make = getattr(value, "_make", tuple)  # keeps named tuples
        return make(items)
    if isinstance(value, Mapping):
        return (
            value if isinstance(value, FrozenDict) else FrozenDict({key: freeze(item) for key, item in value.items()})
        )
    if isinstance(value, Set):
        return FrozenSet(value)
    return value
