"""Terms whose classes users write. What they hold when their construction ends is their value; then they are immutable."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self

from functoria.errors import DeviceError, InvalidValue
from functoria.freeze import UNCHANGING, freeze
from functoria.layout import View, is_generated, layout_of
from functoria.location import Location, here
from functoria.term import Shape, Term, frozen_value, remade
from functoria.transport import Linked, linked, unordered

if TYPE_CHECKING:
    _Metaclass = ABCMeta
else:
    _Metaclass = type(
        Protocol
    )  # Protocol's metaclass derives from ABCMeta, so a device's class may have bases of both kinds.


class Construction(_Metaclass):
    """The metaclass of devices. It exists because nothing else in Python sees the end of an object's construction.

    An `__init__` cannot tell whether it is the last to run: one of a subclass or mixin may continue after it, and a
    decorator may replace it. So the call of the class seals the device it has made. Neither type checkers nor authors of
    devices need to know about this class.
    """

    if not TYPE_CHECKING:

        def __call__(self, *args, **named):
            """Construct a device and seal it."""
            made = type.__call__(self, *args, **named)
            if isinstance(made, Constructed):
                _seal(made)
            return made

        # type's own checks: those of ABCMeta and Protocol take ten times as long.
        __instancecheck__ = type.__instancecheck__
        __subclasscheck__ = type.__subclasscheck__


class Constructed(Term, metaclass=Construction):
    """A term whose value is all that it holds once constructed: the attributes and slots of its class and all bases."""

    __slots__ = ("_term_view",)

    def __new__(cls, *args: object, **named: object) -> Self:
        """Return a term under construction; it is sealed once it has a view."""
        self = remade(cls, here())
        _set_view(self, None)
        return self

    def __init_subclass__(cls, **named: Any) -> None:
        """Make a subclass compare, hash and print as terms do, whatever its bases and decorators define."""
        super().__init_subclass__(**named)
        own = vars(cls)
        by_hand = {name for name in ("__eq__", "__hash__") if own.get(name) not in (None, getattr(Term, name))}
        if by_hand and "__attrs_attrs__" not in own and "__dataclass_fields__" not in own:
            raise TypeError(
                f"{cls.__name__} defines {' and '.join(sorted(by_hand))}, but devices are compared by their values: leave it "
                "out, and declare fields that do not count with field(eq=False)"
            )
        _keep_methods(cls)

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Do the same again for the methods that attrs has since written into the class."""
        _keep_methods(cls)

    def _shape(self) -> Shape:
        view = _view(self) or _sealed(self)
        terms: list[Term] = []
        try:
            values = [frozen_value(value, terms) for value in view.compared(self)]
        except InvalidValue as error:
            raise InvalidValue(error.message, objects=error.objects, locations=[self.location]) from None
        except RecursionError:
            raise _too_deep(self) from None
        return ((view, *values), tuple(terms))

    def _links(self) -> list[Linked]:
        return linked(_held(self).values())

    def _made_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (_made_again, (type(self), self.location, _sealed(self).names, _held(self)))

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute of a device under construction. Raises AttributeError once it is sealed."""
        if _view(self) is not None:
            raise AttributeError(f"{type(self).__name__} is immutable: {name} is set in __init__ or not at all")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if _view(self) is not None:
            raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be deleted")
        object.__delattr__(self, name)

    def __repr__(self) -> str:
        view = _view(self)
        if view is None:
            return f"<{type(self).__name__} under construction>"
        fields = ", ".join(f"{name}={_shown(value)}" for name, value in zip(view.names, view.read(self), strict=True))
        return f"{type(self).__name__}({fields})"


_set_view = vars(Constructed)["_term_view"].__set__
_view: Callable[[Constructed], View | None] = vars(Constructed)["_term_view"].__get__
"""Read which attributes are a term's value; None while it is under construction."""


def _sealed(device: Constructed) -> View:
    """Return which attributes are the value of `device`. Raises DeviceError while it is under construction."""
    view = _view(device)
    if view is None:
        raise DeviceError(
            f"a {type(device).__name__} is compared, hashed, pickled or planned before its __init__ has finished",
            objects=[device],
            locations=[device.location],
        )
    return view


def _seal(device: Constructed) -> None:
    """End the construction of `device`: what it holds now is its value, and can no longer change."""
    if _view(device) is not None:
        return  # the class returned an existing object
    layout = layout_of(type(device), _check)
    view = layout.whole or layout.view(device)
    try:
        values = view.read(device)
    except AttributeError:  # some slots are not set
        view = layout.view(device)
        values = view.read(device)
    try:
        for name, value in zip(view.names, values, strict=True):
            if type(value) not in UNCHANGING and (frozen := freeze(value)) is not value:
                layout.set(device, name, frozen)
    except RecursionError:
        raise _too_deep(device) from None
    _set_view(device, view)


def _held(device: Constructed) -> dict[str, Any]:
    """Return all that `device` holds, including fields that do not compare, but not what cached properties store."""
    view = _sealed(device)
    return view.layout.everything(device, view)


def _made_again(cls: type[Any], location: Location | None, names: tuple[str, ...], held: Mapping[str, Any]) -> Any:
    device = remade(cls, location)
    layout = layout_of(cls)
    for name, value in held.items():
        layout.set(device, name, value)
    _set_view(device, layout.view_of(names))
    return device


def _keep_methods(cls: type[Constructed]) -> None:
    """Give `cls` the terms' own comparison, hash, text and setter. Decorators that run later leave these alone."""
    methods: dict[str, Any] = {"__eq__": Term.__eq__, "__hash__": Term.__hash__}
    methods["__repr__"] = Constructed.__repr__ if is_generated(cls.__repr__) else cls.__repr__
    if _sets_by_decorator(cls):
        methods.update({"__setattr__": Constructed.__setattr__, "__delattr__": Constructed.__delattr__})
        methods["__attrs_own_setattr__"] = False  # attrs looks it up in subclasses
    for name, method in methods.items():
        setattr(cls, name, method)


def _sets_by_decorator(cls: type[Constructed]) -> bool:
    """Whether attrs or dataclasses put a `__setattr__` into the class itself."""
    own = vars(cls)
    setter = own.get("__setattr__")
    if setter is None:
        return False
    by_dataclass = "__dataclass_params__" in own and own["__dataclass_params__"].frozen
    return by_dataclass or bool(_goes_past(cls)) or setter.__module__ == "attr._make"


def _goes_past(cls: type[Constructed]) -> type | None:
    """Return the class from which `cls` inherits a `__setattr__` of attrs that would change a sealed device, or None."""
    setter = next(each for each in cls.__mro__ if "__setattr__" in vars(each))
    own = vars(setter)
    return setter if own["__setattr__"] is object.__setattr__ or own.get("__attrs_own_setattr__") else None


def _check(cls: type[Constructed]) -> None:
    """Refuse a complete class whose devices would not compare by value, or could change."""
    if cls.__eq__ is not Term.__eq__ or cls.__hash__ is not Term.__hash__:
        raise TypeError(
            f"{cls.__name__} has another __eq__ or __hash__ than devices have, which are compared by their values: let its "
            "__init_subclass__ call super()"
        )
    if (setter := _goes_past(cls)) is not None:
        raise TypeError(
            f"{cls.__name__} has the __setattr__ that attrs wrote for {setter.__name__}, which would change devices that are "
            f"made: let {setter.__name__} come after the device among the bases, or make {cls.__name__} an attrs class too"
        )


def _too_deep(device: Constructed) -> InvalidValue:
    return InvalidValue(
        f"a field of {type(device).__name__} is nested too deeply: terms may be, but not lists and tuples",
        objects=[device],
        locations=[device.location],
    )


def _shown(value: object) -> str:
    """The text of `value` within its device's. Terms inside are abbreviated, because they may share structure."""
    if isinstance(value, Term):
        return f"<{type(value).__name__}>"
    if isinstance(value, (tuple, list)):
        return "[%s]" % ", ".join(map(_shown, value))
    if isinstance(value, (set, frozenset)):
        return "[%s]" % ", ".join(
            sorted(map(_shown, unordered(value)))
        )  # not by FrozenSet's repr, which calls this function
    if isinstance(value, Mapping):
        return "{%s}" % ", ".join(f"{key!r}: {_shown(item)}" for key, item in value.items())
    return repr(value)
