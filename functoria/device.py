"""Devices: the modules that an application is made of, and what each brings with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, TypeVarTuple

import attrs

from functoria import quote
from functoria.construction import Constructed
from functoria.errors import DeviceError, InvalidName, InvalidValue, TypeMismatch
from functoria.impl import AnyImpl, Impl
from functoria.key import Key
from functoria.names import WORD, module_path
from functoria.package import Package
from functoria.types import AnyType, Type
from functoria.value import Value

if TYPE_CHECKING:
    from functoria.emit.emitter import File
    from functoria.graph.info import BuildInfo, Info
    from functoria.sexp import Sexp

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Device(Constructed, Impl[*Ts]):
    """A module, and what it needs. Subclass it, as an attrs class (`@attrs.frozen`) where it has fields of its own.

    Say as class attributes, fields or properties:

    - `type`: its signature, a functor's where it takes arguments;
    - `module`: the OCaml module path, or the functor's;
    - `name`: what it is called in main.ml; the class's name if left out;
    - `packages`: a sequence of packages, or a `Value` of one where they depend on keys;
    - `keys`: the keys that it reads;
    - `deps`: implementations to initialise before it, whose values `connect` gets after the arguments';
    - `eager`: whether it starts when the program is loaded, before everything that is not, rather than in its turn;
    - `libraries`: dune libraries of the user's own, in directories beside the configuration, which no package has;
    - `own_source`: whether its module is the unikernel's own, in a file beside the configuration, as that of `foreign` is;
    - `registered_by`: the function that makes the applications which it is for, such as `mirage_devices.register`; for any if
      left out.

    Two devices are the same device where class and value are equal, whatever their names. The value is all that a device
    holds once it is made: fields of an attrs class or a dataclass, attributes that an `__init__` sets, in slots or not,
    of the class and its bases. Only fields declared not to compare (`eq=False`, `compare=False`) and what cached
    properties keep are not part of it.

    From then on a device is immutable: of its value, lists have become tuples, dicts and sets are read only. How devices
    are compared and hashed is theirs; decorators are not to write it (`cache_hash`, `unsafe_hash`).
    """

    __slots__ = ()

    type: Any = None
    module: Any = None
    name: Any = property(lambda self: re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower())
    packages: Any = ()
    keys: Any = ()
    deps: Any = ()
    eager: Any = False
    libraries: Any = ()
    own_source: Any = False
    registered_by: Any = None

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
        """Files and directories that the device's dune rules read, by paths relative to the configuration.

        One that ends with `/` is a directory: dune then looks in it for nothing of its own. Where the project has what is not
        inside of the configuration's directory, `functoria.beside.place` tells.
        """
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
    libraries: tuple[str, ...] = ()

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
    libraries: Sequence[str] = (),
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
        library_names(libraries, module),
    )


def library_names(names: Any, of: str) -> tuple[str, ...]:
    """`names` as a tuple, if they are names of dune libraries; else InvalidValue or InvalidName, which says of whom."""
    for name in list_of(names, str, "libraries", of):
        if not name or not (WORD | {".", "-"}).issuperset(name) or name[0] in ".-":
            raise InvalidName(f"libraries of {of}: {name!r} is not the name of a dune library", objects=[name])
    return tuple(names)


def list_of(items: Any, cls: type[T], what: str, of: str) -> tuple[T, ...]:
    """`items` as a tuple, if it is a list of instances of `cls`; else InvalidValue, which says `what` it is, and of whom."""
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, cls) for item in items):
        raise InvalidValue(f"{what} of {of} is {items!r}, but must be a list of {cls.__name__}s", objects=[items])
    return tuple(items)
