"""How records are compared, hashed and shown: what attrs would write for each class, once for all of them.

attrs writes these methods as text and compiles it, whenever the class is imported. For the forty classes that configuring
hello imports, that is 6 ms, of some 85 for the whole process. `@frozen(eq=False, repr=False)` on a class below `Record` has attrs
write the `__init__` alone.
"""

from __future__ import annotations

from typing import Any


class Shown:
    """A record that is shown with its fields, as attrs shows them."""

    __slots__ = ()

    def __repr__(self) -> str:
        """The class with its fields, but for those of `repr=False`."""
        fields: Any = type(self).__attrs_attrs__  # type: ignore[attr-defined]
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr]
        return f"{type(self).__qualname__.rsplit('>.', 1)[-1]}({', '.join(shown)})"


class Record(Shown):
    """A record that is equal to those of its class whose fields are equal, as attrs compares and hashes them."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Whether `other` is of the same class, and all fields are equal, but for those of `eq=False`."""
        if type(other) is not type(self):
            return NotImplemented
        return self is other or _values(self) == _values(other)

    def __hash__(self) -> int:
        """The hash of the class and the fields, but for those of `eq=False` or `hash=False`."""
        return hash((type(self), *_values(self, hashed=True)))


class Hashed(Record):
    """A record that keeps its hash, for it is looked up many times. The hash does not travel, as no hash of text does."""

    __slots__ = ("_record_hash",)

    _record_hash: int

    def __hash__(self) -> int:
        """The hash of the class and the fields, as of any record."""
        try:
            return self._record_hash
        except AttributeError:
            _set_hash(self, Record.__hash__(self))
            return self._record_hash


_set_hash = vars(Hashed)["_record_hash"].__set__


def _values(record: Any, *, hashed: bool = False) -> tuple[Any, ...]:
    """By what a record is compared, or hashed."""
    return tuple(
        [
            getattr(record, field.name) if field.eq_key is None else field.eq_key(getattr(record, field.name))
            for field in record.__attrs_attrs__
            if field.eq and not (hashed and field.hash is False)
        ]
    )
