"""Devices: the modules that make up an application, with their packages, keys, files and dune rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar, TypeVarTuple

import attr

from functoria import quote
from functoria.construction import Constructed
from functoria.errors import DeviceError, InvalidName, InvalidValue, TypeMismatch
from functoria.impl import AnyImpl, Application, Choice, Impl
from functoria.key import Key
from functoria.location import here
from functoria.names import WORD, module_path, underscored
from functoria.package import Package
from functoria.printable import worded
from functoria.types import AnyType, Type
from functoria.value import Value

if TYPE_CHECKING:
    from functoria.building import Building, Preprocess
    from functoria.emit.emitter import File
    from functoria.graph.build_info import BuildInfo
    from functoria.graph.info import Info
    from functoria.sexp import Sexp

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Device(Constructed, Impl[*Ts]):
    """An OCaml module or functor, and what it needs. Subclass it, as an attrs class (`@attrs.frozen`) if it has fields.

    Define these as class attributes, fields or properties:

        - `type`: its signature, which is that of a functor if it takes arguments;
        - `module`: the OCaml path of the module or functor;
        - `name`: its name in main.ml; by default that of the class;
        - `packages`: a sequence of packages, or a `Value` of one if they depend on keys;
        - `keys`: the keys that it reads;
        - `deps`: implementations to initialise before it; `connect` gets their values after those of the arguments;
        - `eager`: whether it starts when the program is loaded, before all devices that are not eager, instead of in its turn;
        - `libraries`: local dune libraries, in directories beside the configuration;
        - `own_source`: whether its module is a file of the user's beside the configuration, as with `foreign`;
        - `building`: how its own modules are built, made by `functoria.building.building`; None if as all others;
        - `has_value`: whether what depends on it gets its value. If false, it exists for its packages, files, rules and the
          like, as `stanzas` are;
        - `registered_by`: the function that must register its application, such as `mirage_devices.register`; by default any.

        Two devices are the same if their class and value are equal, whatever their names. The value is all that a device holds
        once constructed: fields of an attrs class or dataclass and attributes set by `__init__`, in slots or not, of the class
        and its bases. Only fields that do not compare (`eq=False`, `compare=False`) and what cached properties store are not
        part of it.

        A constructed device is immutable: lists in its value become tuples, dicts and sets become read-only. Devices define
        their own comparison and hash; do not let decorators write them (`cache_hash`, `unsafe_hash`).
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
    building: Any = None
    has_value: Any = True
    registered_by: Any = None

    _called: ClassVar[str] = ""
    """Its name in messages and pictures, for a device whose module the program does not use."""

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return the OCaml expression, of type `_ Lwt.t`, that initialises the device. By default its value is unit.

        `module` is the name in main.ml of the device's module, applied to its arguments. `values` are the variables that
        hold the values of the arguments, then of the dependencies. Raise any error if they are not as expected.
        """
        self.expect(values)
        return "return ()"

    def configure(self, info: Info) -> None:
        """Raise `Unsupported` or another FunctoriaError for what the device cannot do. Called when planning."""

    def files(self, info: Info) -> Mapping[str, str | File]:
        """Return the text files that the device adds to those emitted, by name."""
        return {}

    def claims(self, info: Info) -> Iterable[str]:
        """Return the resources outside of the program that the device needs for itself, such as `network interface tap0`.

        Planning warns if two devices claim the same resource, because only one of them would get it.
        """
        return ()

    def sources(self, info: Info) -> Iterable[str]:
        """Return the files and directories that the device's dune rules read, by paths relative to the configuration.

        A directory ends with `/`; dune then ignores any dune files in it. `functoria.beside.place` says where a project
        has files from outside of the configuration's directory.
        """
        return ()

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Return the dune stanzas that the device adds, as nested tuples of text."""
        return ()

    def build(self, info: BuildInfo) -> None:
        """Make files in `info.build_dir` that dune rules cannot make. `functoria build` calls it before dune runs."""

    def clean(self, info: BuildInfo) -> None:
        """Remove what `build` made. `functoria clean` and `make clean` call it."""

    @staticmethod
    def ocaml_string(text: str) -> str:
        """`text` as an OCaml string literal, for `connect`."""
        return quote.ocaml(text)

    def expect(self, values: Sequence[str], count: int | None = None) -> Sequence[str]:
        """Return `values` if there are `count` of them. Raises DeviceError, naming the device, if not.

        By default `count` is one for each argument and dependency that has a value; functors as arguments have none, and
        some dependencies have none either (`has_value`).
        """
        if count is None:
            count = sum(not parameter.parameters for parameter in self.type.parameters) + sum(map(has_value, self.deps))
        if len(values) != count:
            raise DeviceError(
                f"{type(self).__name__} ({self.module}) connects {count} values, but got {len(values)}: declare "
                "what it takes by its type and deps",
                objects=[self, values],
                locations=[self.location],
            )
        return values

    def _type_parts(self) -> tuple[Sequence[AnyType], int]:
        declared = self.type
        if not isinstance(declared, Type):
            from functoria.attributes import absent, misspelt_as, written

            said = "type" if declared is not None else misspelt_as(self, "type")
            text = f"{type(self).__name__}.type is {worded(declared)}, but must be a Type, as in type = time >> job"
            raise TypeMismatch(
                text if declared is not None else absent(self, "type", "type = job"),
                objects=[self],
                locations=[written(self, said), self.location],
            )
        return declared.parts, 0


AnyDevice: TypeAlias = "Device[*tuple[Any, ...]]"
"""Any device at all, of a functor or not."""


@attr.frozen(repr=False)
class Foreign(Device[*Ts]):
    """A module of the user's own, with a function `start`. Made by `foreign`."""

    module: str
    type: Type[*Ts]
    packages: tuple[Package, ...] | Value[Sequence[Package]] = ()
    keys: tuple[Key[Any], ...] = ()
    deps: tuple[AnyImpl, ...] = ()
    libraries: tuple[str, ...] = ()
    building: Building | None = None

    own_source = True

    @property
    def name(self) -> str:
        """The module's path in lower case, with `_` for dots."""
        return underscored(self.module).lower()

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Apply the module's `start` to the values; to `()` if it has only keys, which cannot be read when the module loads."""
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
    modules: Sequence[str] | None = None,
    preprocess: Preprocess | Sequence[str] = (),
    stanzas: Sequence[Sexp] = (),
) -> Impl[*Ts]:
    """A module of your own: the OCaml path `module`, of signature `type`, started by its function `start`.

    `start` gets the values of the functor's arguments, then those of `deps`, which are initialised before it. Without either,
    `start` is not a function but the computation itself, made when the program is loaded. If it then has `keys` that the
    program reads at boot, it is a function of `()`, because these have no values so early.

    `libraries` are local dune libraries. `modules` are those beside the configuration that it needs, if it is not to have all.
    `preprocess` are ppx libraries, or a `staged_pps`, for these modules. `stanzas` are added to the dune file, each as nested
    tuples of text or as it is written there.

    Raises InvalidModule if `module` is not a module path, TypeMismatch if `type` is not a type, and InvalidValue otherwise.
    """
    from functoria.building import building

    module_path(module)
    declared: object = type
    if not isinstance(declared, Type):
        raise TypeMismatch(
            f"the type of {module} is {worded(type)}, but must be a Type, as time >> job", objects=[type]
        )
    return Foreign(
        module,
        type,
        packages if isinstance(packages, Value) else list_of(packages, Package, "packages", module),
        list_of(keys, Key, "keys", module),
        list_of(deps, Impl, "deps", module),
        library_names(libraries, module),
        building(module, modules, preprocess, stanzas),
    )


def has_value(impl: AnyImpl) -> bool:
    """Whether what depends on `impl` gets its value, in some branch of its choices."""
    left: list[AnyImpl] = [impl]
    seen: set[int] = set()
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Choice):
            left += each.branches
        elif isinstance(each, Application):
            left.append(each.functor)
        elif getattr(each, "has_value", True):
            return True
    return False


def library_names(names: Any, of: str, what: str = "libraries") -> tuple[str, ...]:
    """Return `names`, given as `what` of `of`, as a tuple. Raises InvalidValue or InvalidName if they name no dune libraries."""
    for name in list_of(names, str, what, of):
        if not name or not (WORD | {".", "-"}).issuperset(name) or name[0] in ".-":
            raise InvalidName(f"{what} of {of}: {worded(name)} is not the name of a dune library", objects=[name])
    return tuple(names)


def list_of(items: Any, cls: type[T], what: str, of: str) -> tuple[T, ...]:
    """Return `items` as a tuple. Raises InvalidValue, naming `what` it is and `of` whom, unless all are instances of `cls`."""
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, cls) for item in items):
        from functoria.list_errors import problem, remedy

        place = here()
        raise InvalidValue(
            problem(items, cls, what, of),
            remedy=remedy(items, cls, what),
            objects=items if isinstance(items, (list, tuple)) else [items],
            locations=[place and place.of_part(what)],
        )
    return tuple(items)
