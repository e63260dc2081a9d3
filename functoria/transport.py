"""Copying and pickling of linked objects, which may hold others of their kind to any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any, Self

from functoria.layout import is_record, layout_of

PLAIN = frozenset([str, bytes, int, bool, float, type(None)])
"""Immutable classes whose objects hold no others; most of what linked objects hold is of these."""


class Linked:
    """An object that may hold others of its kind to any depth. Subclasses define which ones, and how to make it again."""

    __slots__ = ()

    def _links(self) -> Iterable[Linked]:
        """The linked objects that this one is made of."""
        raise NotImplementedError

    def _made_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Return a function and arguments for which it returns an object equal to this one."""
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        from functoria.crate import packed

        return packed(self)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


def linked(values: Iterable[Any]) -> list[Linked]:
    """Return the linked objects in `values`, including those in tuples, mappings, sets and records."""
    found: list[Linked] = []
    pending = list(values)
    while pending:
        value = pending.pop()
        kind = type(value)
        if kind in PLAIN:
            continue
        if isinstance(value, Linked):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            pending.extend(value)
        elif isinstance(value, Set):
            pending.extend(sorted(unordered(value), key=repr))
        elif isinstance(value, Mapping):
            pending.extend(value.keys())
            pending.extend(value.values())
        elif is_record(kind) and not getattr(kind, "equal_is_alike", False):
            layout = layout_of(kind)
            pending.extend(layout.everything(value, layout.view(value)).values())
    return found


def unordered(items: Set[Any]) -> Iterator[Any]:
    """Return `items` in Python's own order, skipping the sorting that a FrozenSet would do."""
    return frozenset.__iter__(items) if isinstance(items, frozenset) else iter(items)


def declared(self: Any) -> dict[str, Any]:
    """Return the fields of an attrs object without its cached properties, for use as `__getstate__`."""
    return {field.name: getattr(self, field.name) for field in self.__attrs_attrs__}
