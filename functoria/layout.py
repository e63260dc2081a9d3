"""Layouts: which attributes of a class's objects are their value, and how to read and set them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from operator import attrgetter
from types import MemberDescriptorType
from typing import Any, TypeVar

T = TypeVar("T")
_HOME = "__functoria_layout__"


class View:
    """The attributes that are the value of an object. Objects of one class with the same attributes share a view."""

    __slots__ = ("keys", "layout", "names", "read")

    layout: Layout
    names: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    """Reads the attributes of an object, in the order of `names`."""
    keys: tuple[Callable[[Any], Any] | None, ...] | None
    """The functions whose results compare in place of the attributes (attrs' `eq=`); None without any."""

    def __init__(self, layout: Layout, names: tuple[str, ...]) -> None:
        self.layout = layout
        self.names = names
        keys = tuple(key if callable(key := layout.declared.get(name)) else None for name in names)
        self.keys = keys if any(keys) else None
        if len(names) > 1 and all(map(layout.plain, names)):
            self.read = attrgetter(*names)
        else:
            self.read = lambda held: tuple([layout.get(held, name) for name in names])

    def compared(self, held: Any) -> tuple[Any, ...]:
        """Return the values by which the object `held` is compared."""
        values = self.read(held)
        if self.keys is None:
            return values
        return tuple(value if key is None else key(value) for key, value in zip(self.keys, values, strict=True))


class Layout:
    """The storage of a class's attributes: slots of the class and its bases, and `__dict__`.

    The value of an object is all that it holds when its construction ends, except for fields that do not compare
    (`eq=False` of attrs, `compare=False` of dataclasses) and what cached properties store.
    """

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.has_dict = cls.__dictoffset__ != 0
        self.slots = _slots(cls)
        self.declared = _declared(cls)
        self.apart = [name for name, compares in self.declared.items() if compares is False]
        """The declared fields that are not part of the value."""
        caches = {name for each in cls.__mro__ for name in _caches(each)}
        self._not_value = {name for name in caches if name not in self.declared and self._keeps(name)}
        self._not_value |= {*self.apart, "_attrs_cached_hash", "_record_hash"}
        self._views: dict[tuple[str, ...], View] = {}
        self.whole: View | None = None
        """The view of objects whose slots are all set, if the class has only slots; otherwise None."""
        if not self.has_dict:
            self.whole = self.view_of(tuple(self.slots))

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the layout out when a class is pickled by value; it is made again."""
        return (_nothing, ())

    def get(self, held: Any, name: str) -> Any:
        """Read what `held` stores under `name`, bypassing the class. Raises AttributeError or KeyError if it is not set."""
        slot = self.slots.get(name)
        return held.__dict__[name] if slot is None else slot.__get__(held)

    def set(self, held: Any, name: str, value: object) -> None:
        """Store `value` in `held` under `name`, bypassing the class."""
        slot = self.slots.get(name)
        if slot is None:
            held.__dict__[name] = value
        else:
            slot.__set__(held, value)

    def view(self, held: Any) -> View:
        """Return the view of what the object `held` holds now."""
        names = [name for name, slot in self.slots.items() if _is_set(slot, held)]
        return self.view_of((*names, *held.__dict__) if self.has_dict else tuple(names))

    def view_of(self, names: tuple[str, ...]) -> View:
        """Return the view of those of `names` that are value: declared fields first, in their order."""
        view = self._views.get(names)
        if view is None:
            given = set(names) - self._not_value
            ordered = (*(name for name in self.declared if name in given), *sorted(given - self.declared.keys()))
            view = self._views[names] = self._views.setdefault(ordered, View(self, ordered))
        return view

    def everything(self, held: Any, view: View) -> dict[str, Any]:
        """Return the value of `held`, by `view`, together with its fields that are not part of the value."""
        found = dict(zip(view.names, view.read(held), strict=True))
        for name in self.apart:
            try:
                found[name] = self.get(held, name)
            except (AttributeError, KeyError):
                continue
        return found

    def _keeps(self, name: str) -> bool:
        """Whether a cached property stores its result under `name`."""
        return name in self.slots or isinstance(_found(self.cls, name), cached_property)

    def plain(self, name: str) -> bool:
        """Whether ordinary attribute access to `name` returns what is stored."""
        if name in self.slots:
            return "." not in name
        return not hasattr(type(_found(self.cls, name)), "__set__")


def layout_of(cls: type[T], check: Callable[[type[T]], None] | None = None) -> Layout:
    """Return the layout of `cls`, which is stored on the class. `check` is called before it is first made."""
    layout: Layout | None = vars(cls).get(_HOME)
    if layout is None or layout.cls is not cls:  # a decorator may have copied it from the class it replaces
        if check is not None:
            check(cls)
        layout = Layout(cls)
        setattr(cls, _HOME, layout)
    return layout


def is_record(cls: type) -> bool:
    """Whether `cls` is an attrs class or dataclass that compares by its fields."""
    compares: Any = cls.__eq__
    return compares is not object.__eq__ and (hasattr(cls, "__attrs_attrs__") or hasattr(cls, "__dataclass_fields__"))


def _nothing() -> None:
    """Stand in for a pickled layout."""


def _found(cls: type, name: str) -> Any:
    """Return the class attribute `name` of `cls` or its nearest base, without calling its `__get__`."""
    return next((vars(each)[name] for each in cls.__mro__ if name in vars(each)), None)


def _slots(cls: type) -> dict[str, Any]:
    """Return the slots of `cls` and its bases, except for those common to all terms.

    A slot that a subclass hides is included: code of the class that defines it still uses it.
    """
    found: dict[str, Any] = {}
    for each in cls.__mro__:
        for name, slot in vars(each).items():
            if isinstance(slot, MemberDescriptorType) and not name.startswith("_term_") and slot not in found.values():
                found[name if _found(cls, name) is slot else f"{each.__qualname__}.{name}"] = slot
    return found


def _declared(cls: type) -> dict[str, Any]:
    """Return the declared fields, in order, each with whether it compares, or the function by which it does."""
    found: dict[str, Any] = {}
    for each in reversed(cls.__mro__):
        found.update({field.name: field.eq_key or field.eq for field in vars(each).get("__attrs_attrs__", ())})
        if "__dataclass_fields__" in vars(each):
            from dataclasses import fields as dataclass_fields

            found.update({field.name: field.compare for field in dataclass_fields(each)})
    return found


def _caches(cls: type) -> set[str]:
    """Return the names under which cached properties of `cls` store their results; attrs turns these into slots."""
    own = vars(cls)
    found = {name for name, value in own.items() if isinstance(value, cached_property)}
    if "__attrs_attrs__" in own and is_generated(own.get("__getattr__")):
        slots = {name for name, slot in own.items() if isinstance(slot, MemberDescriptorType)}
        found |= slots - {field.name for field in own["__attrs_attrs__"]}
    return found


def _is_set(slot: Any, held: Any) -> bool:
    try:
        slot.__get__(held)
    except AttributeError:
        return False
    return True


def is_generated(function: Any) -> bool:
    """Whether attrs generated `function`."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename.startswith("<attrs generated")
