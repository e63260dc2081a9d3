"""Converters: how values of keys are parsed, checked, printed and written in OCaml. Users find them in `functoria.arg`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from attr import field, frozen

from functoria import quote
from functoria.errors import FunctoriaError, InvalidValue
from functoria.names import UPPER, WORD
from functoria.printable import worded
from functoria.record import Hashed
from functoria.term import called

T = TypeVar("T")
U = TypeVar("U")
_OCAML_INT = range(-(2**62), 2**62)
_DEEPEST = 50
_LONG = 60
"""The maximum length of what is accepted in a message that names a converter."""


@frozen(eq=False, repr=False)
class Converter(Hashed, Generic[T]):
    """Parses, checks and prints the values of a key, and writes them in OCaml. Converters with equal parts are equal.

    `expected` describes in messages what is accepted ("an integer"). `runtime` is the OCaml expression of the Cmdliner
    converter that parses the value when the unikernel boots. Use `custom` to make one of your own.
    """

    expected: str
    runtime: str

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}(expected={self.expected!r}, runtime={self.runtime!r})"

    def _words(self) -> str:
        return f"a converter for {self.expected}" if len(self.expected) <= _LONG else "a converter"

    @property
    def on_command_line(self) -> str:
        """The accepted texts in words; `expected` describes the accepted Python values."""
        return self.expected

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The possible values as text, if there are few enough to list; otherwise empty."""
        return ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """All texts that are accepted, where these are a few."""
        return self.alternatives

    def parse(self, text: str) -> T:
        """Parse `text` as written on a command line. Raises ValueError if it is not acceptable."""
        raise NotImplementedError

    def convert(self, value: object) -> T:
        """Convert `value`, which is a Python value of the right type or its text. Raises ValueError."""
        if isinstance(value, str):
            return self.parse(value)
        raise ValueError

    def print(self, value: T) -> str:
        """Return the text that `parse` reads back as `value`."""
        raise NotImplementedError

    def literal(self, value: T) -> str:
        """Return `value` as an OCaml expression, in parentheses if it is more than one token."""
        raise NotImplementedError

    def accept(self, value: object, *, of: str) -> T:
        """Convert `value`. Raises InvalidValue, with a message that names what it is a value `of` and what is accepted."""
        try:
            return self.convert(value)
        except FunctoriaError:
            raise
        except Exception as error:  # a user's `parse` may raise anything
            part, wanted, reason = self._fault(value, error)
            whole = f" in {value!r}" if isinstance(value, str) and part != value else ""
            why = f" ({reason})" if str(reason) else ""
            hint = wanted.near(part)
            if wanted is STRING and isinstance(part, (int, float)):
                hint = f"write {str(part)!r}"
            raise InvalidValue(
                f"{of}: {worded(part)}{whole} is not {wanted.expected}{why}{hint and ': '}{hint}", objects=[value]
            ) from None

    def _fault(self, value: object, error: Exception) -> tuple[object, Converter[Any], Exception]:
        """Return the invalid part of `value`, the converter for it, and its error; `error` is that of the whole."""
        return value, self, error

    def near(self, value: object) -> str:
        """Return a question whether a similar spelling was meant by `value`, which is not accepted; empty if there is none."""
        from functoria.misspelling import meant

        return meant(value, self.spellings)

    def printed(self, value: T, *, of: str) -> str:
        """Print `value`. Raises InvalidValue, naming what it is a value `of`, if `print` fails or does not return text."""
        try:
            text: object = self.print(value)
            if not isinstance(text, str):
                raise TypeError(f"print gave {type(text).__name__}, which is not text")
        except FunctoriaError:
            raise
        except Exception as error:  # a user's `print` may raise anything
            raise InvalidValue(
                f"{of}: the converter for {self.expected} cannot print {value!r}: {type(error).__name__}: {error}; let its print "
                "return text",
                objects=[value],
            ) from error
        return text


@frozen(eq=False, repr=False)
class _Scalar(Converter[T]):
    read: Callable[[str], T] = field(eq=called)
    show: Callable[[T], str] = field(eq=called)
    write: Callable[[T], str] = field(eq=called)
    holds: Callable[[Any], bool] = field(eq=called)
    all: tuple[str, ...] = ()
    spelt: tuple[str, ...] = ()

    @property
    def alternatives(self) -> tuple[str, ...]:
        return self.all

    @property
    def spellings(self) -> tuple[str, ...]:
        return self.spelt or self.all

    @property
    def instance(self) -> type[Any] | None:
        """The class whose instances are values, if there is one."""
        checked = self.holds.args[0] if isinstance(self.holds, partial) else ()
        return checked or None

    def parse(self, text: str) -> T:
        return self.read(text)

    def convert(self, value: object) -> T:
        if isinstance(value, str) or not self.holds(value):
            return super().convert(value)
        held: T = value  # type: ignore[assignment]  # `holds` is the check
        try:
            text: object = self.show(held)
        except Exception:  # `printed` raises the error
            return held
        if isinstance(text, str):
            self.read(text)
        return held

    def print(self, value: T) -> str:
        return self.show(value)

    def literal(self, value: T) -> str:
        return self.write(value)


@frozen(eq=False, repr=False)
class _Nested(Converter[T], Generic[T, U]):
    """A converter made of another. attrs generates its methods once, for the two classes that derive from it."""

    item: Converter[U]


class _List(_Nested[tuple[T, ...], T]):
    __slots__ = ()

    def parse(self, text: str) -> tuple[T, ...]:
        return tuple(self.item.parse(part) for part in text.split(",")) if text else ()

    def convert(self, value: object) -> tuple[T, ...]:
        if isinstance(value, (list, tuple)):
            return tuple(self.item.convert(item) for item in value)
        return super().convert(value)

    def _fault(self, value: object, error: Exception) -> tuple[object, Converter[Any], Exception]:
        parts = value.split(",") if isinstance(value, str) else value if isinstance(value, (list, tuple)) else ()
        for part in parts:
            try:
                self.item.convert(part)
            except Exception as reason:
                return self.item._fault(part, reason)
        return value, self, error

    def print(self, value: tuple[T, ...]) -> str:
        return ",".join(self.item.print(item) for item in value)

    def literal(self, value: tuple[T, ...]) -> str:
        return "[%s]" % "; ".join(self.item.literal(item) for item in value)


class _Some(_Nested[T | None, T]):
    __slots__ = ()

    @property
    def alternatives(self) -> tuple[str, ...]:
        return self.item.alternatives

    @property
    def on_command_line(self) -> str:
        return self.item.on_command_line

    def _fault(self, value: object, error: Exception) -> tuple[object, Converter[Any], Exception]:
        return self.item._fault(value, error)

    def parse(self, text: str) -> T | None:
        return self.item.parse(text)

    def convert(self, value: object) -> T | None:
        return None if value is None else self.item.convert(value)

    def print(self, value: T | None) -> str:
        return "" if value is None else self.item.print(value)

    def literal(self, value: T | None) -> str:
        return (
            "(None)" if value is None else "(Some " + self.item.literal(value) + ")"
        )  # + fails for a literal that is not text


def _read_bool(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


def _show_bool(value: bool) -> str:
    return "true" if value else "false"


def _read_int(text: str) -> int:
    if len(text) > 80:
        raise ValueError("OCaml's integers have 63 bits")
    base = {"0x": 16, "0o": 8, "0b": 2}.get(text.strip().lstrip("+-")[:2].lower(), 10)
    try:
        number = int(text, base)
    except ValueError:
        raise ValueError from None
    _holds_int(number)
    return number


def _holds_int(value: object) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    if value not in _OCAML_INT:
        raise ValueError("OCaml's integers have 63 bits")
    return True


def _write_int(value: int) -> str:
    return f"({value})"


def _is_instance(classes: type[Any] | tuple[()], value: object) -> bool:
    return isinstance(value, classes)


def _read_name(variants: tuple[tuple[str, str], ...], text: str) -> str:
    """Return the first of the names that have the same variant as the name `text`."""
    own = dict(variants).get(text)
    if own is None:
        raise ValueError
    return next(name for name, variant in variants if variant == own)


def _write_variant(variants: tuple[tuple[str, str], ...], name: str) -> str:
    return dict(variants)[name]


# Converters are pickled with their keys and compared, so they hold module-level functions, or partial ones of these.
_OF_NO_CLASS = partial(_is_instance, ())
STRING: Converter[str] = _Scalar("text", "Cmdliner.Arg.string", str, str, quote.ocaml, _OF_NO_CLASS)
"""Any text."""
BOOL: Converter[bool] = _Scalar(
    "true or false",
    "Cmdliner.Arg.bool",
    _read_bool,
    _show_bool,
    _show_bool,
    partial(_is_instance, bool),
    ("false", "true"),
)
"""true or false."""
INT: Converter[int] = _Scalar("an integer", "Cmdliner.Arg.int", _read_int, str, _write_int, _holds_int)
"""An integer that OCaml's int holds, in 63 bits; the prefixes 0x, 0o and 0b are read."""


def list_of(item: Converter[T]) -> Converter[tuple[T, ...]]:
    """A tuple of any number of `item`, separated by commas on a command line."""
    _converter(item)
    return _List(f"a list joined by commas, each item {item.expected}", f"(Cmdliner.Arg.list {item.runtime})", item)


def some(item: Converter[T]) -> Converter[T | None]:
    """An `item` or None, as OCaml's option. On a command line, leave the option out for None."""
    _converter(item)
    return _Some(f"{item.expected}, or None", f"(Cmdliner.Arg.some {item.runtime})", item)


def enum(choices: Mapping[str, str] | Sequence[str]) -> Converter[str]:
    """One of a few names, written in OCaml as the polymorphic variant of that name.

    A mapping gives each name's variant: ``{"stdlib": "`Stdlib", "nocrypto": "`Nocrypto", "fortuna": "`Nocrypto"}``. If
    several names have one variant, the first of them is the value, whichever was written. Raises InvalidValue without
    names, and for text that is not a variant.
    """
    if isinstance(choices, str) or not all(isinstance(name, str) for name in choices):
        raise InvalidValue(
            f"an enum takes a list of names, or a mapping from names, not {worded(choices)}", objects=[choices]
        )
    if isinstance(choices, Mapping):
        pairs = tuple(choices.items())
    else:
        pairs = tuple((name, "`" + name.replace("-", "_").capitalize()) for name in choices)
    if not isinstance(choices, Mapping) and len({variant for _, variant in pairs}) < len(pairs):
        raise InvalidValue(
            f"two of {', '.join(map(repr, choices))} are the same variant in OCaml: give a mapping to different variants",
            objects=[choices],
        )
    if not pairs:
        raise InvalidValue("an enum needs at least one name", objects=[choices])
    for name, variant in pairs:
        if variant[:1] != "`" or variant[1:2] not in UPPER or not WORD.issuperset(variant[1:]):
            raise InvalidValue(
                f"{variant!r} is not a polymorphic variant for {name!r}: use one such as `Small_letters",
                objects=[choices],
            )
    # A closed type: with an open one, the key would be polymorphic and would not compile.
    cases = "; ".join(f"{quote.ocaml(name)}, {variant}" for name, variant in pairs)
    variants = " | ".join(dict.fromkeys(variant for _, variant in pairs))
    runtime = f"(Cmdliner.Arg.enum ([{cases}] : (string * [ {variants} ]) list))"
    spelt = tuple(name for name, _ in pairs)
    canonical = tuple(dict.fromkeys(_read_name(pairs, name) for name in spelt))
    read, write = partial(_read_name, pairs), partial(_write_variant, pairs)
    return _Scalar("one of " + ", ".join(spelt), runtime, read, str, write, _OF_NO_CLASS, canonical, spelt)


def _converter(item: object) -> None:
    if not isinstance(item, Converter):
        raise InvalidValue(f"{worded(item)} is not a converter: use one of arg, as arg.string", objects=[item])
    depth = 1
    inner: Converter[Any] = item
    while isinstance(inner, _Nested):
        inner, depth = inner.item, depth + 1
    if depth > _DEEPEST:
        raise InvalidValue(f"converters can be nested {_DEEPEST} deep at most: use fewer", objects=[item])


def custom(
    expected: str,
    *,
    runtime: str,
    parse: Callable[[str], T],
    print: Callable[[T], str] = str,
    literal: Callable[[T], str],
    instance: type[T] | None = None,
) -> Converter[T]:
    """Make a converter of your own.

    `expected` describes what it accepts ("an IPv4 address"); `runtime` is the OCaml expression of its Cmdliner converter.
    `parse` raises ValueError for text that it does not accept, and `print` is its inverse. `literal` returns a value as
    an OCaml expression. `instance` is the Python class of values: its instances are accepted if `parse` accepts their
    text.

    Converters are equal if all of these are. To pickle a key, its converter's functions must be defined at module level;
    pickle raises its own error for lambdas and nested functions.
    """
    return _Scalar(expected, runtime, parse, print, literal, partial(_is_instance, instance or ()))
