"""What the objects of a class hold: which of their attributes are their value, and how these are read and set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields as dataclass_fields
from functools import cached_property
from operator import attrgetter
from types import MemberDescriptorType
from typing import Any, TypeVar

T = TypeVar("T")
_HOME = "__functoria_layout__"


class View:
    """The attributes that are the value of an object. Objects of one class that have the same ones have one view."""

    __slots__ = ("keys", "layout", "names", "read")

    layout: Layout
    names: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    """The values of the attributes of an object, in the order of `names`."""
    keys: tuple[Callable[[Any], Any] | None, ...] | None
    """By what each is compared, where that is not itself; None where all are compared by themselves."""

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
        """By what the object `held` is compared."""
        values = self.read(held)
        if self.keys is None:
            return values
        return tuple(value if key is None else key(value) for key, value in zip(self.keys, values, strict=True))


class Layout:
    """Where the objects of a class hold what: in slots of the class and its bases, and in their `__dict__`.

    All that an object holds when its construction ends is its value, except for fields that are declared not to compare
    (`eq=False` of attrs, `compare=False` of dataclasses), and for what cached properties keep.
    """

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.has_dict = cls.__dictoffset__ != 0
        self.slots = _slots(cls)
        self.declared = _declared(cls)
        caches = {name for each in cls.__mro__ for name in _caches(each)}
        self._not_value = {name for name in caches if name not in self.declared and self._keeps(name)} | self.apart
        self._not_value.add("_attrs_cached_hash")
        self._views: dict[tuple[str, ...], View] = {}
        self.whole: View | None = None
        """The view of objects all of whose slots are set, where slots are all there is; None where there may be more."""
        if not self.has_dict:
            self.whole = self.view_of(tuple(self.slots))

    def __reduce__(self) -> tuple[Any, ...]:
        """A class that is pickled with all that is in it leaves its layout behind, to be made anew."""
        return (_nothing, ())

    @property
    def apart(self) -> set[str]:
        """The fields that are declared, but are not part of the value."""
        return {name for name, compares in self.declared.items() if compares is False}

    def get(self, held: Any, name: str) -> Any:
        """What `held` holds under `name`, whatever the class makes of it. Raises AttributeError or KeyError for nothing."""
        slot = self.slots.get(name)
        return held.__dict__[name] if slot is None else slot.__get__(held)

    def set(self, held: Any, name: str, value: object) -> None:
        """Let `held` hold `value` under `name`, whatever the class says of setting it."""
        slot = self.slots.get(name)
        if slot is None:
            held.__dict__[name] = value
        else:
            slot.__set__(held, value)

    def view(self, held: Any) -> View:
        """The view of what the object `held` holds now."""
        names = [name for name, slot in self.slots.items() if _is_set(slot, held)]
        return self.view_of((*names, *held.__dict__) if self.has_dict else tuple(names))

    def view_of(self, names: tuple[str, ...]) -> View:
        """The view of the attributes `names`, in any order: of those that are value, declared fields first, as declared."""
        view = self._views.get(names)
        if view is None:
            given = set(names) - self._not_value
            ordered = (*(name for name in self.declared if name in given), *sorted(given - self.declared.keys()))
            view = self._views[names] = self._views.setdefault(ordered, View(self, ordered))
        return view

    def everything(self, held: Any, view: View) -> dict[str, Any]:
        """What is the value of `held`, by `view`, and what fields hold that are not part of it."""
        found = dict(zip(view.names, view.read(held), strict=True))
        for name in self.apart:
            try:
                found[name] = self.get(held, name)
            except (AttributeError, KeyError):
                continue
        return found

    def _keeps(self, name: str) -> bool:
        """Whether what is held under `name` is kept by a property, and not set by a class that takes its place."""
        return name in self.slots or isinstance(_found(self.cls, name), cached_property)

    def plain(self, name: str) -> bool:
        """Whether an ordinary look-up of `name` gives what is held under it."""
        if name in self.slots:
            return "." not in name
        return not hasattr(type(_found(self.cls, name)), "__set__")


def layout_of(cls: type[T], check: Callable[[type[T]], None] | None = None) -> Layout:
    """The layout of `cls`. It is kept with the class, and goes with it; `check` is called before it is made."""
    layout: Layout | None = vars(cls).get(_HOME)
    if layout is None or layout.cls is not cls:  # a decorator may have copied it from the class that it replaces
        if check is not None:
            check(cls)
        layout = Layout(cls)
        setattr(cls, _HOME, layout)
    return layout


def is_record(cls: type) -> bool:
    """Whether what objects of `cls` hold is what they are: attrs classes and dataclasses that compare by their fields."""
    compares: Any = cls.__eq__
    return compares is not object.__eq__ and (hasattr(cls, "__attrs_attrs__") or hasattr(cls, "__dataclass_fields__"))


def _nothing() -> None:
    """What stands for a layout that is pickled."""


def _found(cls: type, name: str) -> Any:
    """What `cls` or its nearest base has under `name`, itself, not what it gives when it is asked of an object."""
    return next((vars(each)[name] for each in cls.__mro__ if name in vars(each)), None)


def _slots(cls: type) -> dict[str, Any]:
    """The slots of `cls`, but not those that are common to all terms.

    One that a subclass hides, by a slot or something else of its name, is still there, for code of the class that has it.
    """
    found: dict[str, Any] = {}
    for each in cls.__mro__:
        for name, slot in vars(each).items():
            if isinstance(slot, MemberDescriptorType) and not name.startswith("_term_") and slot not in found.values():
                found[name if _found(cls, name) is slot else f"{each.__qualname__}.{name}"] = slot
    return found


def _declared(cls: type) -> dict[str, Any]:
    """The declared fields, in order, each with whether it compares, or by what."""
    found: dict[str, Any] = {}
    for each in reversed(cls.__mro__):
        found.update({field.name: field.eq_key or field.eq for field in vars(each).get("__attrs_attrs__", ())})
        if "__dataclass_fields__" in vars(each):
            found.update({field.name: field.compare for field in dataclass_fields(each)})
    return found


def _caches(cls: type) -> set[str]:
    """The names under which the cached properties of `cls` keep their values: attrs makes slots of them."""
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
    """Whether attrs wrote `function`, and not the class."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename.startswith("<attrs generated")
