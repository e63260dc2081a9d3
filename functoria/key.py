"""Keys: options of a configuration that are set when it is configured, when the unikernel boots, or both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from sys import _getframe
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn, TypeVar, Unpack, get_args

from attr import field, frozen

from functoria.converter import BOOL, Converter
from functoria.errors import DuplicateKey, InvalidValue, MissingKey
from functoria.location import Location, here
from functoria.membership import sought_in
from functoria.names import value_name
from functoria.printable import in_order, worded
from functoria.record import Hashed
from functoria.term import exact

if TYPE_CHECKING:
    from functoria.key_module import KeyModule
    from functoria.option import Described
    from functoria.value import Value

T = TypeVar("T")
U = TypeVar("U")
Kind = Literal["opt", "flag", "required", "alias"]
Stage = Literal["configure", "run", "both"]
_WORDS = {"kind": get_args(Kind), "stage": get_args(Stage)}
SECTION = "APPLICATION OPTIONS"
"""The section of the help page for keys without `docs`."""


def _flags(flags: Sequence[str] | None) -> tuple[str, ...]:
    """Convert a list of `flags` to a tuple. Anything else is returned unchanged, for `option.check` to refuse."""
    return tuple(flags) if isinstance(flags, Sequence) and not isinstance(flags, str) else flags  # type: ignore[return-value]


def _pairs(sets: Any) -> Any:
    return tuple(sets.items()) if isinstance(sets, Mapping) else sets


@frozen(eq=False, repr=False)
class _Fields(Hashed, Generic[T]):
    """The fields of a key, with the comparison that attrs makes of them."""

    name: str
    kind: Kind
    converter: Converter[T]
    default: T | None = field(default=None, eq=exact)
    stage: Stage = "both"
    doc: str = ""
    docs: str = SECTION
    docv: str | None = None
    env: str | None = None
    flags: tuple[str, ...] = field(default=None, converter=_flags)
    sets: tuple[tuple[Key[Any], object], ...] = field(default=(), converter=_pairs, eq=exact)
    location: Location | None = field(factory=here, eq=False, repr=False)
    registered_by: str | None = field(default=None, eq=False, repr=False)
    """The function that must register the key's application, such as `mirage_devices.register`; None for any."""

    def __attrs_post_init__(self) -> None:
        """Convert the default and what an alias sets, and check the fields for a key of this kind."""
        from functoria.option import check

        check(self, _WORDS)
        if self.kind == "opt":
            default = self.converter.accept(self.default, of=f"default of key {self.name}")
            self.converter.printed(default, of=f"default of key {self.name}")  # found here rather than in a help page
            object.__setattr__(self, "default", default)
        elif self.default is not (None if self.kind == "required" else False):
            raise InvalidValue(
                f"key {self.name}: a key of kind {self.kind} has no default {worded(self.default)}",
                objects=[self.default],
            )
        if self.kind in ("flag", "alias") and self.converter != BOOL:
            raise InvalidValue(
                f"key {self.name}: a key of kind {self.kind} must be true or false, not {self.converter.expected}",
                objects=[self.converter],
            )
        if self.kind == "alias" and self.stage != "configure":
            raise InvalidValue(f"key {self.name}: an alias has the stage configure", objects=[self.stage])
        if self.flags is None:
            object.__setattr__(self, "flags", (self.name,))
        if self.sets or self.kind == "alias":
            object.__setattr__(self, "sets", _settings(self.name, self.kind, self.sets))
        try:
            hash(self.default)
            hash(self.sets)
        except TypeError:
            raise InvalidValue(
                f"key {self.name}: its default {worded(self.default)} cannot be hashed: use a tuple or text",
                objects=[self.default],
            ) from None


_Fields.__init__.__qualname__ = "Key"  # Python's messages of missing arguments name it


class Key(_Fields[T]):
    """An option of a configuration. Made by `Key.opt`, `Key.flag`, `Key.required` and `Key.alias`.

    `stage` is when it can be set: `configure` (then its value is fixed), `run` (an option of the unikernel), or `both` (the
    configured value is the default of the unikernel's option). `flags` are the option's names without dashes. `docs` is its
    section of the help page, where `docv` stands for the value. `env` is an environment variable that sets the value if the
    option is not given. Raises InvalidName and InvalidValue, however the key is made.
    """

    __slots__ = ()

    equal_is_alike: ClassVar[bool] = True
    """Equal keys are written alike."""

    def __eq__(self, other: object) -> bool:
        """Return whether the keys are equal. Raises InvalidValue for any other object, because a key is not its value."""
        if isinstance(other, Key):
            return super().__eq__(other)
        raise self._not_its_value(f"is never {worded(other)}", f".eq({worded(other)})", other)

    def _words(self) -> str:
        return f"the key {self.name}"

    def __hash__(self) -> int:
        """Hash the key. Raises InvalidValue if it is looked up with `in` in a set that has no keys."""
        found = sought_in(_getframe(1), Key, (Set,))
        if found is not None:
            raise self._not_its_value(
                f"is not in {in_order(found)}", ".eq, or .map(lambda value: …), which may use in", found
            )
        return _Fields.__hash__(self)

    def __bool__(self) -> NoReturn:
        """Raise InvalidValue: a key would be true whatever its value is."""
        raise self._not_its_value("is neither true nor false", " and if_impl, or its methods map and if_")

    def _not_its_value(self, what: str, how: str, *others: object) -> InvalidValue:
        return InvalidValue(
            f"the key {self.name} is not its value, so it {what}: choose by {self.name}.value{how}, or ask a plan, whose "
            "values are known",
            objects=[self, *others],
            locations=[here(), self.location],
        )

    @classmethod
    def opt(
        cls,
        name: str,
        converter: Converter[U],
        *,
        default: U | Any,
        stage: Stage = "both",
        **described: Unpack[Described],
    ) -> Key[U]:
        """Make an option with a value. The default is a Python value or its text. Raises InvalidName and InvalidValue."""
        return Key(name, "opt", converter, default, stage, **described)

    @classmethod
    def flag(cls, name: str, *, stage: Stage = "both", **described: Unpack[Described]) -> Key[bool]:
        """Make an option without a value: true if it is given, else false. Raises InvalidName."""
        return Key(name, "flag", BOOL, False, stage, **described)

    @classmethod
    def required(
        cls, name: str, converter: Converter[U], *, stage: Stage = "both", **described: Unpack[Described]
    ) -> Key[U]:
        """Make an option that must be given.

        With stage `configure`, planning raises MissingKey without it. Otherwise the unikernel refuses to boot without it,
        unless a value was configured. Raises InvalidName.
        """
        return Key(name, "required", converter, None, stage, **described)

    @classmethod
    def alias(cls, name: str, sets: Mapping[Key[Any], Any], **described: Unpack[Described]) -> Key[bool]:
        """Make a flag of the configuration that sets other keys, unless these are given. Raises InvalidName, InvalidValue.

        `sets` maps each key to its value, a Python value or its text. Declaring an alias also declares the keys it sets,
        unless their names are used elsewhere in the application.
        """
        return Key(name, "alias", BOOL, False, "configure", sets=sets, **described)

    @property
    def value(self) -> Value[T]:
        """The key's future value, as a `Value`."""
        from functoria.value import Read

        return Read(self)

    @property
    def configurable(self) -> bool:
        """Whether it can be set when configuring."""
        return self.stage != "run"

    @property
    def runtime(self) -> bool:
        """Whether the unikernel has an option for it."""
        return self.stage != "configure"

    @property
    def ocaml_name(self) -> str:
        """The name of its function in the key module."""
        return value_name(self.name, of="key")

    @property
    def call(self) -> str:
        """The OCaml expression for its value when the program runs, in the usual key module: `(Key_gen.port ())`.

        Use `Info.call` for the key module of an application, which may be a different one.
        """
        from functoria.key_module import KEY_GEN

        return KEY_GEN.call(self)

    @property
    def options(self) -> tuple[str, ...]:
        """Its options with dashes: `-l`, `--logs`. cmdliner counts bytes, so a single letter beyond ASCII is a long option."""
        return tuple([_dashed(flag) for flag in self.flags])

    def accept(self, value: object) -> T:
        """Convert `value`, a Python value or its text. Raises InvalidValue."""
        try:
            return self.converter.accept(value, of=_dashed(self.flags[-1]))
        except InvalidValue as error:
            error.objects = (self, value)
            raise error.at(self.location) from None

    def printed(self, value: T) -> str:
        """Return `value` as text. Raises InvalidValue if the converter cannot print it."""
        try:
            return self.converter.printed(value, of=_dashed(self.flags[-1]))
        except InvalidValue as error:
            raise error.at(self.location) from error.__cause__

    def settled(self, value: T | None) -> T:
        """Return `value` if it is final at configure time, not merely the boot-time default.

        Raises InvalidValue for a key that is only set at boot, MissingKey for a required one that was not given.
        """
        if not self.configurable:
            raise InvalidValue(
                f"the key {self.name} is only given when the unikernel runs, but the configuration depends on it: give it the "
                "stage both or configure",
                objects=[self],
                locations=[self.location],
            )
        if value is None and self.kind == "required":
            when = "" if self.stage == "configure" else " when configuring, for what depends on it"
            raise MissingKey(
                f"{self.options[-1]} is required{when}: give it {self.converter.on_command_line}",
                objects=[self],
                locations=[self.location],
            )
        return value  # type: ignore[return-value]  # None is a value of the key here

    def __str__(self) -> str:
        return self.name


def _dashed(flag: str) -> str:
    return ("-" if len(flag.encode()) == 1 else "--") + flag


def _settings(name: str, kind: Kind, sets: Any) -> tuple[tuple[Key[Any], object], ...]:
    """Check and convert what an alias sets; empty for keys of other kinds."""
    if not isinstance(sets, tuple) or not sets or kind != "alias":
        whose = f"the alias {name} must map at least one key to the value that it sets"
        raise InvalidValue(
            f"{whose if kind == 'alias' else f'the key {name} is not an alias, and sets no other'}: it cannot be of "
            f"{worded(sets)}",
            objects=[sets],
        )
    for pair in sets:
        key = pair[0] if isinstance(pair, tuple) and len(pair) == 2 else pair
        if not isinstance(key, Key) or key is pair or key.kind == "alias" or key.stage == "run":
            raise InvalidValue(
                f"the alias {name} can only set keys of the configuration, not {worded(key)}", objects=[key]
            )
    return tuple((key, key.converter.accept(value, of=f"key {key.name}")) for key, value in sets)


def distinct(keys: Iterable[Key[Any]], module: KeyModule | None) -> tuple[Key[Any], ...]:
    """Return `keys` without duplicates, by name. Raises DuplicateKey for different keys with the same name or option.

    Keys also clash if their functions in the key module would: `a-b` and `a_b`, or `a_t` and a runtime key `a`.
    """
    by_name: dict[str, Key[Any]] = {}
    taken: dict[str, Key[Any]] = {}
    for key in keys:
        same = by_name.setdefault(key.name, key)
        if same is key or same == key:
            continue
        raise DuplicateKey.between(f"two keys named {key.name!r} differ", same, key)
    for key in by_name.values():
        for claim in key.options:
            other = taken.setdefault(claim, key)
            if other is not key:
                raise DuplicateKey.between(f"the keys {other.name} and {key.name} both claim {claim}", other, key)
    if module is not None:
        module.check(by_name.values())
    return tuple(by_name[name] for name in sorted(by_name))
