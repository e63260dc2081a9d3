"""Comparison, hash and text of attrs records, shared by all classes.

attrs generates and compiles these methods for each class when it is imported. For the forty classes needed to configure hello
that takes 6 of the some 85 ms of the whole process. With `@frozen(eq=False, repr=False)` on subclasses of `Record`, attrs only
generates `__init__`.
"""

from __future__ import annotations

from typing import Any


class Shown:
    """A record whose text shows its fields, like that of attrs."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the class and its fields, except for those with `repr=False`."""
        fields: Any = type(self).__attrs_attrs__  # type: ignore[attr-defined]
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr]
        return f"{type(self).__qualname__.rsplit('>.', 1)[-1]}({', '.join(shown)})"


class Record(Shown):
    """A record that compares and hashes by its fields, like attrs."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Whether `other` has the same class and equal fields, except for those with `eq=False`."""
        if type(other) is not type(self):
            return NotImplemented
        return self is other or _values(self) == _values(other)

    def __hash__(self) -> int:
        """Hash the class and the fields, except for those with `eq=False` or `hash=False`."""
        return hash((type(self), *_values(self, hashed=True)))


class Hashed(Record):
    """A record that caches its hash, because it is looked up many times. Pickles leave the hash out."""

    __slots__ = ("_record_hash",)

    _record_hash: int

    def __hash__(self) -> int:
        """Hash the class and the fields like other records, once."""
        try:
            return self._record_hash
        except AttributeError:
            _set_hash(self, Record.__hash__(self))
            return self._record_hash


_set_hash = vars(Hashed)["_record_hash"].__set__


def _values(record: Any, *, hashed: bool = False) -> tuple[Any, ...]:
    """Return the values by which a record is compared or hashed."""
    return tuple(
        [
            getattr(record, field.name) if field.eq_key is None else field.eq_key(getattr(record, field.name))
            for field in record.__attrs_attrs__
            if field.eq and not (hashed and field.hash is False)
        ]
    )
