"""Devices: the modules that an application is made of, and what each brings with it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, TypeVar, TypeVarTuple

import attrs

from functoria import quote
from functoria.errors import DeviceError, InvalidValue, TypeMismatch
from functoria.impl import AnyImpl, Impl
from functoria.key import Key
from functoria.names import module_path
from functoria.package import Package
from functoria.term import Shape, Term, frozen_value
from functoria.types import AnyType, Type
from functoria.value import Value

if TYPE_CHECKING:
    from functoria.emit.emitter import File
    from functoria.graph.info import BuildInfo, Info
    from functoria.sexp import Sexp

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Device(Impl[*Ts]):
    """A module, and what it needs. Subclass it, as an attrs class (`@attrs.frozen`) where it has fields of its own.

    Say as class attributes, fields or properties:

    - `type`: its signature, a functor's where it takes arguments;
    - `module`: the OCaml module path, or the functor's;
    - `name`: what it is called in main.ml; the class's name if left out;
    - `packages`: a sequence of packages, or a `Value` of one where they depend on keys;
    - `keys`: the keys that it reads;
    - `deps`: implementations to initialise before it, whose values `connect` gets after the arguments';
    - `eager`: whether it starts when the program is loaded, before everything that is not, rather than in its turn;
    - `own_source`: whether its module is the unikernel's own, in a file beside the configuration, as that of `foreign` is;
    - `registered_by`: the function that makes the applications which it is for, such as `mirage_devices.register`; for any if
      left out.

    Two devices are the same device where class and fields are equal, whatever their names. A device is immutable: its
    fields that are lists, dicts or sets are frozen when it is made, and only its `__init__` sets any.
    """

    __slots__ = ("_making",)

    _ready: ClassVar[bool]
    type: Any = None
    module: Any = None
    name: Any = property(lambda self: re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower())
    packages: Any = ()
    keys: Any = ()
    deps: Any = ()
    eager: Any = False
    own_source: Any = False
    registered_by: Any = None

    def __new__(cls, *args: object, **named: object) -> Self:
        """A device, whose class is made ready when the first one of it is: decorators have changed it by then."""
        if "_ready" not in cls.__dict__:
            for base in cls.__mro__:
                if issubclass(base, Device) and base is not Device and "_ready" not in base.__dict__:
                    _make_ready(base)
        return super().__new__(cls)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """The OCaml expression, of type `_ Lwt.t`, that initialises the device; without it the value is unit.

        `module` is what the device's module, applied to its arguments, is called in main.ml; `values` are the variables
        that hold the values of the arguments, then of the dependencies. Raise any error where they are not as expected.
        """
        self.expect(values)
        return "return ()"

    def configure(self, info: Info) -> None:
        """Refuse what the device cannot do: raise `Unsupported`, or another FunctoriaError. Called when planning."""

    def files(self, info: Info) -> Mapping[str, str | File]:
        """Files of text that the device adds to those emitted, by name."""
        return {}

    def claims(self, info: Info) -> Iterable[str]:
        """What the device takes for itself of the world around the program, such as `network interface tap0`.

        Where two devices claim one thing, planning warns and names both: only one of them would get it.
        """
        return ()

    def sources(self, info: Info) -> Iterable[str]:
        """Files and directories beside the configuration that the device's dune rules read, as relative paths."""
        return ()

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Dune stanzas that the device adds, as nested tuples of text, for what is made when the project is built."""
        return ()

    def build(self, info: BuildInfo) -> None:
        """Make, in `info.build_dir`, what no dune rule makes. Called by `functoria build`, before dune runs."""

    def clean(self, info: BuildInfo) -> None:
        """Remove what `build` made. Called by `functoria clean`, and `make clean`."""

    @staticmethod
    def ocaml_string(text: str) -> str:
        """`text` as an OCaml string literal, for `connect`."""
        return quote.ocaml(text)

    def expect(self, values: Sequence[str], count: int | None = None) -> Sequence[str]:
        """`values` itself, if there are `count` of them; else DeviceError, which names the device.

        Without `count`, one for each argument and each dependency: functors that are arguments have no value.
        """
        if count is None:
            count = sum(not parameter.parameters for parameter in self.type.parameters) + len(self.deps)
        if len(values) != count:
            raise DeviceError(
                f"{type(self).__name__} ({self.module}) connects {count} values, but got {len(values)}",
                objects=[self, values],
                locations=[self.location],
            )
        return values

    def _type_parts(self) -> tuple[Sequence[AnyType], int]:
        declared = self.type
        if not isinstance(declared, Type):
            raise TypeMismatch(
                f"{type(self).__name__}.type is {declared!r}, but must be a Type",
                objects=[self],
                locations=[self.location],
            )
        return declared.parts, 0

    def _shape(self) -> Shape:
        terms: list[Term] = []
        try:
            label = tuple(frozen_value(getattr(self, name), terms) for name in _fields(self))
        except InvalidValue as error:
            raise InvalidValue(error.message, objects=error.objects, locations=[self.location]) from None
        except RecursionError:
            raise _too_deep(self) from None
        return (label, tuple(terms))

    def __setattr__(self, name: str, value: object) -> None:
        """Only a class's own `__init__` sets what is then the device's value."""
        if not getattr(self, "_making", False):
            raise AttributeError(f"{type(self).__name__} is immutable: {name} is set in __init__ or not at all")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be deleted")

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={_shown(getattr(self, name))}" for name in _fields(self))
        return f"{type(self).__name__}({fields})"


def _make_ready(cls: type[AnyDevice]) -> None:
    """Let devices of `cls` be compared and shown as terms are, not as attrs or a dataclass would; seal its `__init__`."""
    generated = not {"__attrs_attrs__", "__dataclass_fields__"}.isdisjoint(cls.__dict__)
    for name in ("__eq__", "__hash__", "__setattr__", "__delattr__", "__repr__") if generated else ():
        if name in cls.__dict__ and (name != "__repr__" or _is_generated(cls.__repr__)):
            setattr(cls, name, getattr(Device, name))
    if "__init__" in cls.__dict__:
        cls.__init__ = _sealed(cls.__init__)  # type: ignore[method-assign]  # decorators do so too
    cls._ready = True


def _sealed(made: Callable[..., None]) -> Callable[..., None]:
    """The `__init__` of a class, which alone sets fields: they are frozen after it."""

    @wraps(made)
    def init(self: Any, *args: Any, **named: Any) -> None:
        if getattr(self, "_making", False):
            made(self, *args, **named)  # called by the __init__ of a subclass, which is not done yet
            return
        object.__setattr__(self, "_making", True)
        try:
            made(self, *args, **named)
        finally:
            object.__setattr__(self, "_making", False)
        try:
            for name in _fields(self):
                value = getattr(self, name)
                frozen = _frozen(value)
                if frozen is not value:
                    object.__setattr__(self, name, frozen)
        except RecursionError:
            raise _too_deep(self) from None

    return init


def _too_deep(device: AnyDevice) -> InvalidValue:
    return InvalidValue(
        f"a field of {type(device).__name__} is nested too deeply: terms may be, but not lists and tuples",
        objects=[device],
        locations=[device.location],
    )


def _is_generated(function: Any) -> bool:
    """Whether attrs or a dataclass wrote `function`, and not the class."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and code.co_filename.startswith("<")


def _shown(value: object) -> str:
    """`value` in the text of a device that holds it; of terms inside just what they are, for they may share."""
    if isinstance(value, Term):
        return f"<{type(value).__name__}>"
    if isinstance(value, (tuple, list, set, frozenset)):
        return "[%s]" % ", ".join(map(_shown, value))
    if isinstance(value, Mapping):
        return "{%s}" % ", ".join(f"{key!r}: {_shown(item)}" for key, item in value.items())
    return repr(value)


_FIELDS: dict[type, tuple[str, ...] | None] = {}


def _fields(device: AnyDevice) -> tuple[str, ...]:
    """The names of the fields that are a device's value: attrs' (or a dataclass's), else all that the object has."""
    cls = type(device)
    if cls not in _FIELDS:
        if attrs.has(cls):
            _FIELDS[cls] = tuple(a.name for a in attrs.fields(cls) if a.eq)
        else:
            _FIELDS[cls] = tuple(getattr(cls, "__dataclass_fields__", ())) or None
    names = _FIELDS[cls]
    if names is not None:
        return names
    held = getattr(device, "__dict__", ())
    return tuple(sorted(name for name in held if not isinstance(getattr(cls, name, None), cached_property)))


class _FrozenSet(frozenset[Any]):
    """A set that is gone through in the same order in every process, for what a device makes of it."""

    def __iter__(self) -> Iterator[Any]:
        return iter(sorted(super().__iter__(), key=repr))


def _frozen(value: Any) -> Any:
    """`value`, with tuples for lists, read-only mappings for dicts, and frozen sets; itself where nothing can change."""
    if isinstance(value, dict):
        from types import MappingProxyType

        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    if isinstance(value, (set, frozenset)):
        return value if isinstance(value, _FrozenSet) else _FrozenSet(value)
    if not isinstance(value, (list, tuple)):
        return value
    items = [_frozen(item) for item in value]
    if isinstance(value, tuple) and all(new is old for new, old in zip(items, value, strict=True)):
        return value
    make = getattr(value, "_make", tuple)  # a named tuple keeps its names
    return make(items)


AnyDevice: TypeAlias = Device[*tuple[Any, ...]]
"""Any device at all, of a functor or not."""


@attrs.frozen(repr=False)
class Foreign(Device[*Ts]):
    """A module of the user's own, with a function `start`. Made by `foreign`."""

    module: str
    type: Type[*Ts]
    packages: tuple[Package, ...] | Value[Sequence[Package]] = ()
    keys: tuple[Key[Any], ...] = ()
    deps: tuple[AnyImpl, ...] = ()

    own_source = True

    @property
    def name(self) -> str:
        """The module's path with _ for dots, in small letters."""
        return self.module.replace(".", "_").lower()

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """`Unikernel.start` applied to the values; to `()` where there are none but keys, which are not read before it runs."""
        given = values or ("()",) * any(key.runtime for key in self.keys)
        return " ".join([f"{module}.start", *given])


def foreign(
    module: str,
    type: Type[*Ts],
    *,
    packages: Sequence[Package] | Value[Sequence[Package]] = (),
    keys: Sequence[Key[Any]] = (),
    deps: Sequence[AnyImpl] = (),
) -> Impl[*Ts]:
    """A module of your own: the OCaml path `module`, of signature `type`, started by its function `start`.

    `start` gets the values of the functor's arguments, then of `deps`, which are initialised before. Where there are none of
    these it is not a function but what runs, made when the program is loaded; with `keys` that the program reads it gets `()`
    then, for they have no values so early. Raises
    InvalidModule for what is no module path, TypeMismatch for a `type` that is none, InvalidValue for other mistakes.
    """
    module_path(module)
    declared: object = type
    if not isinstance(declared, Type):
        raise TypeMismatch(f"the type of {module} is {type!r}, but must be a Type, as `time >> job`", objects=[type])
    return Foreign(
        module,
        type,
        packages if isinstance(packages, Value) else list_of(packages, Package, "packages", module),
        list_of(keys, Key, "keys", module),
        list_of(deps, Impl, "deps", module),
    )


def list_of(items: Any, cls: type[T], what: str, of: str) -> tuple[T, ...]:
    """`items` as a tuple, if it is a list of instances of `cls`; else InvalidValue, which says `what` it is, and of whom."""
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, cls) for item in items):
        raise InvalidValue(f"{what} of {of} is {items!r}, but must be a list of {cls.__name__}s", objects=[items])
    return tuple(items)
