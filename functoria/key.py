"""Keys: options of a configuration, given when it is configured, when the unikernel boots, or both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from attrs import field, frozen

from functoria.converter import BOOL, Converter
from functoria.errors import DuplicateKey, InvalidName, InvalidValue, MissingKey
from functoria.key_module import KEY_GEN, KeyModule
from functoria.location import Location, here, in_library
from functoria.names import WORD, value_name

if TYPE_CHECKING:
    from functoria.value import Value

T = TypeVar("T")
U = TypeVar("U")
Stage = Literal["configure", "run", "both"]
_NOT_IN_FLAGS = frozenset(" =\"'\\,")


@frozen(cache_hash=True)
class Key(Generic[T]):
    """An option of a configuration. Made by `Key.opt`, `Key.flag`, `Key.required` and `Key.alias`.

    `stage` says when it is given: `configure` (fixed then: a plain function in the key module), `run` (an option of the
    unikernel), or `both` (what was configured is the unikernel's default). `flags` are the option's names without
    dashes; `docs` is the section of the help page, `docv` stands there for the value, `env` is an environment variable
    that gives the value where the option is left out.
    """

    name: str
    kind: Literal["opt", "flag", "required", "alias"]
    converter: Converter[T]
    default: T | None
    stage: Stage
    doc: str
    docs: str
    docv: str | None
    env: str | None
    flags: tuple[str, ...]
    sets: tuple[tuple[Key[Any], object], ...] = ()
    location: Location | None = field(default=None, eq=False, repr=False)

    @classmethod
    def opt(
        cls,
        name: str,
        converter: Converter[U],
        *,
        default: U | Any,
        doc: str = "",
        docs: str = "APPLICATION OPTIONS",
        docv: str | None = None,
        env: str | None = None,
        flags: Sequence[str] | None = None,
        stage: Stage = "both",
    ) -> Key[U]:
        """An option with a value and a default, a Python value or its text. Raises InvalidName and InvalidValue."""
        value = _checked(converter, name).accept(default, of=f"default of key {name}")
        converter.printed(value, of=f"default of key {name}")  # here, not first in a page of help
        return _make(name, "opt", converter, value, stage, doc, docs, docv, env, flags)

    @classmethod
    def flag(
        cls,
        name: str,
        *,
        doc: str = "",
        docs: str = "APPLICATION OPTIONS",
        docv: str | None = None,
        env: str | None = None,
        flags: Sequence[str] | None = None,
        stage: Stage = "both",
    ) -> Key[bool]:
        """An option without a value: true where it is given, else false. Raises InvalidName."""
        return _make(name, "flag", BOOL, False, stage, doc, docs, docv, env, flags)

    @classmethod
    def required(
        cls,
        name: str,
        converter: Converter[U],
        *,
        doc: str = "",
        docs: str = "APPLICATION OPTIONS",
        docv: str | None = None,
        env: str | None = None,
        flags: Sequence[str] | None = None,
        stage: Stage = "both",
    ) -> Key[U]:
        """An option without a default.

        With stage `configure` planning raises MissingKey where it is left out; otherwise the unikernel refuses to boot
        without it, unless a value was configured. Raises InvalidName.
        """
        return _make(name, "required", converter, None, stage, doc, docs, docv, env, flags)

    @classmethod
    def alias(
        cls,
        name: str,
        sets: Mapping[Key[Any], Any],
        *,
        doc: str = "",
        docs: str = "APPLICATION OPTIONS",
        docv: str | None = None,
        env: str | None = None,
        flags: Sequence[str] | None = None,
    ) -> Key[bool]:
        """A flag of configuration that sets other keys, unless they are set themselves. Raises InvalidName, InvalidValue.

        `sets` maps each key to the value it gets, a Python value or its text. What declares the alias declares those of
        them that have names which nothing else in the application has.
        """
        if not isinstance(sets, Mapping) or not sets:
            raise InvalidValue(
                f"the alias {name} maps at least one key to the value that it sets, and is not of {sets!r}",
                objects=[sets],
            )
        for key in sets:
            if not isinstance(key, Key) or key.kind == "alias" or key.stage == "run":
                raise InvalidValue(f"the alias {name} can set keys that are configured, not {key!r}", objects=[key])
        pairs = tuple((key, key.converter.accept(value, of=f"key {key.name}")) for key, value in sets.items())
        return _make(name, "alias", BOOL, False, "configure", doc, docs, docv, env, flags, pairs)

    @property
    def value(self) -> Value[T]:
        """What the key will be, as a `Value`."""
        from functoria.value import Read

        return Read(self)

    @property
    def configurable(self) -> bool:
        """Whether a value can be given when configuring."""
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

        `Info.call` asks the key module of the application, which may be another.
        """
        return KEY_GEN.call(self)

    @property
    def options(self) -> tuple[str, ...]:
        """Its options with their dashes: `-l`, `--logs`. As cmdliner counts, a letter that is not ASCII is several."""
        return tuple(("-" if len(flag.encode()) == 1 else "--") + flag for flag in self.flags)

    def accept(self, value: object) -> T:
        """`value`, a Python value or its text, converted. Raises InvalidValue."""
        try:
            return self.converter.accept(value, of=self.options[-1])
        except InvalidValue as error:
            error.objects = (self, value)
            raise error.at(self.location) from None

    def printed(self, value: T) -> str:
        """`value` as text. Raises InvalidValue where its converter cannot print it."""
        try:
            return self.converter.printed(value, of=self.options[-1])
        except InvalidValue as error:
            raise error.at(self.location) from error.__cause__

    def settled(self, value: T | None) -> T:
        """`value`, if that is the key's when configuring, and not only its start when the unikernel boots.

        Raises InvalidValue for a key that is given too late, MissingKey for a required one that was not given.
        """
        if not self.configurable:
            raise InvalidValue(
                f"configuring goes by the key {self.name}, which is given when the unikernel runs: too late to choose. Give "
                "it the stage both or configure",
                objects=[self],
                locations=[self.location],
            )
        if value is None and self.kind == "required":
            when = "" if self.stage == "configure" else " when configuring, for what depends on it"
            raise MissingKey(
                f"{self.options[-1]} is required{when}: give it {self.converter.expected}",
                objects=[self],
                locations=[self.location],
            )
        return value  # type: ignore[return-value]  # None is a value of the key here

    def __str__(self) -> str:
        return self.name


def _make(
    name: str,
    kind: Literal["opt", "flag", "required", "alias"],
    converter: Converter[Any],
    default: Any,
    stage: Stage,
    doc: str,
    docs: str,
    docv: str | None,
    env: str | None,
    flags: Sequence[str] | None,
    sets: tuple[tuple[Key[Any], object], ...] = (),
) -> Key[Any]:
    if stage not in ("configure", "run", "both"):
        raise InvalidValue(f"key {name}: stage {stage!r} is not configure, run or both", objects=[stage])
    if not isinstance(name, str):
        raise InvalidName(f"{name!r} is no name for a key", objects=[name])
    value_name(name, of="key")
    _checked(converter, name)
    if flags is not None and (isinstance(flags, str) or not isinstance(flags, Sequence)):
        raise InvalidName(f"key {name}: flags is a list of names, not {flags!r}", objects=[flags])
    for what, text in (("doc", doc), ("docs", docs), ("docv", docv), ("env", env)):
        if not isinstance(text, str) and (text is not None or what in ("doc", "docs")):
            raise InvalidValue(f"key {name}: {what} is text, not {text!r}", objects=[text])
    try:
        hash(default)
    except TypeError:
        raise InvalidValue(f"key {name}: its default {default!r} cannot be hashed", objects=[default]) from None
    names = (name,) if flags is None else tuple(flags)
    for flag in names:
        if not _is_flag(flag):
            raise InvalidName(
                f"key {name}: {flag!r} is no name for an option: no dash first, no blank, quote, comma, = or backslash",
                objects=[flag],
            )
    if len(set(names)) < len(names):
        raise InvalidName(f"key {name}: its option names {', '.join(names)} are not all different", objects=[flags])
    if "help" in names:
        raise InvalidName(
            f"the key {name} claims --help, which is an option of functoria and of every unikernel: give the key other flags=",
            objects=[name],
        )
    if not names:
        raise InvalidName(f"key {name}: it needs at least one option name", objects=[name])
    if env is not None and not (env and WORD.issuperset(env) and not env[0].isdigit()):
        raise InvalidName(f"key {name}: {env!r} is no name for an environment variable", objects=[env])
    return Key(name, kind, converter, default, stage, doc, docs, docv, env, names, sets, here())


def _checked(converter: Converter[T], name: object) -> Converter[T]:
    given: object = converter
    if isinstance(given, Converter):
        return converter
    raise InvalidValue(f"key {name}: {given!r} is no converter: use one of arg, as arg.string", objects=[given])


def _is_flag(flag: object) -> bool:
    return (
        isinstance(flag, str)
        and flag != ""
        and flag[0] != "-"
        and flag.isprintable()
        and _NOT_IN_FLAGS.isdisjoint(flag)
    )


def distinct(keys: Iterable[Key[Any]], module: KeyModule | None) -> tuple[Key[Any], ...]:
    """`keys`, each once, in order of name. Raises DuplicateKey for two keys that differ but share a name or an option.

    They clash too where their functions in the key module would: `a-b` and `a_b`, or `a_t` beside a runtime key `a`.
    """
    by_name: dict[str, Key[Any]] = {}
    taken: dict[str, Key[Any]] = {}
    for key in keys:
        same = by_name.setdefault(key.name, key)
        if same is key or same == key:
            continue
        raise clash(f"two keys named {key.name!r} differ", same, key)
    for key in by_name.values():
        for claim in key.options:
            other = taken.setdefault(claim, key)
            if other is not key:
                raise clash(f"the keys {other.name} and {key.name} both claim {claim}", other, key)
    if module is not None:
        module.check(by_name.values())
    return tuple(by_name[name] for name in sorted(by_name))


def clash(what: str, one: Key[Any], two: Key[Any]) -> DuplicateKey:
    """The error for two keys that cannot stand side by side. Of a library's and the user's, the user's is to change."""
    own = [key for key in (one, two) if key.location is None or not in_library(key.location)]
    if len(own) == 1:
        remedy = f"give {own[0].name} another name, or other flags="
    else:
        remedy = "give one of them another name, or the devices that bring them a group"
    return DuplicateKey(f"{what}: {remedy}", objects=[one, two], locations=[one.location, two.location])
