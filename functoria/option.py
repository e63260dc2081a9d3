"""The keywords that spell and describe a key's option, and how they are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from functoria.converter import Converter
from functoria.errors import InvalidName, InvalidValue
from functoria.names import WORD, value_name
from functoria.printable import worded

_NOT_IN_FLAGS = frozenset(" =\"'\\,")

if TYPE_CHECKING:  # making a TypedDict takes as long as everything else here, and only type checkers read it

    class Described(TypedDict, total=False):
        """The keywords that spell and describe an option, common to keys of every kind."""

        doc: str
        """Its text in the help page."""
        docs: str
        """Its section of the help page; by default `functoria.key.SECTION`."""
        docv: str | None
        """The placeholder for its value in the help page."""
        env: str | None
        """An environment variable that sets the value if the option is not given."""
        registered_by: str | None
        """The function that must register the key's application, such as `mirage_devices.register`; None for any."""
        flags: Sequence[str] | None
        """The names of the option, without dashes; by default the key's name."""


def check(key: Any, words: Mapping[str, Sequence[str]]) -> None:
    """Check the fields of `key`. `words` are the words allowed in some fields.

    These are not attrs validators, because attrs generates code for each: compiling it takes longer than the rest of the class.
    """
    for field, check in _CHECKS.items():
        if field in words:
            _check_word(key, field, getattr(key, field), words[field])
        else:
            check(key, field, getattr(key, field))


def _check_name(key: Any, field: str, name: Any) -> None:
    """Check the name of a key, which is also the name of an OCaml function."""
    if not isinstance(name, str):
        raise InvalidName(f"{name!r} is not a name for a key", objects=[name])
    value_name(name, of="key")


def _check_word(key: Any, field: str, word: Any, words: Sequence[str]) -> None:
    if word not in words:
        from functoria.misspelling import meant

        one_of = f"{', '.join(words[:-1])} or {words[-1]}"
        raise InvalidValue(
            f"key {key.name}: {field} {word!r} is not {one_of}", remedy=meant(word, words), objects=[word]
        )


def _check_converter(key: Any, field: str, converter: Any) -> None:
    if not isinstance(converter, Converter):
        raise InvalidValue(
            f"key {key.name}: {worded(converter)} is not a converter: use one of arg, as arg.string",
            objects=[converter],
        )


def _check_text(key: Any, field: str, text: Any) -> None:
    """Check that a field is text."""
    if not isinstance(text, str):
        raise InvalidValue(f"key {key.name}: {field} must be text, not {worded(text)}", objects=[text])


def _check_optional(key: Any, field: str, text: Any) -> None:
    """Check that a field is text or None."""
    if text is not None:
        _check_text(key, field, text)


def _check_variable(key: Any, field: str, env: Any) -> None:
    """Check that a field is None or the name of an environment variable."""
    _check_optional(key, field, env)
    if env is not None and (not env or not WORD.issuperset(env) or env[0].isdigit()):
        raise InvalidName(f"key {key.name}: {env!r} is not a name for an environment variable", objects=[env])


def _check_flags(key: Any, field: str, flags: Any) -> None:
    """Check a list of distinct option names, none of which every program has. None stands for the name of `key`."""
    if flags is None:
        flags = (key.name,)
    if not isinstance(flags, tuple):
        raise InvalidName(f"key {key.name}: flags must be a list of names, not {worded(flags)}", objects=[flags])
    for flag in flags:
        if not is_flag(flag):
            raise InvalidName(
                f"key {key.name}: {flag!r} is not a name for an option: no dash first, no blank, quote, comma, = or backslash",
                objects=[flag],
            )
    if len(set(flags)) < len(flags):
        raise InvalidName(
            f"key {key.name}: its option names {', '.join(flags)} are not all different: write each once",
            objects=[list(flags)],
        )
    if "help" in flags:
        raise InvalidName(
            f"the key {key.name} claims --help, which is an option of functoria and of every unikernel",
            remedy="give the key other flags=",
            ocaml="give its info other names",
            objects=[key.name],
        )
    if not flags:
        raise InvalidName(f"key {key.name}: it needs at least one option name", objects=[key.name])


def is_flag(flag: object) -> bool:
    """Return whether `flag` can be the name of an option, without its dashes."""
    return (
        isinstance(flag, str)
        and flag != ""
        and flag[0] != "-"
        and flag.isprintable()
        and _NOT_IN_FLAGS.isdisjoint(flag)
    )


_CHECKS: dict[str, Callable[[Any, str, Any], None]] = {
    "name": _check_name,
    "kind": _check_text,
    "converter": _check_converter,
    "stage": _check_text,
    "doc": _check_text,
    "docs": _check_text,
    "docv": _check_optional,
    "env": _check_variable,
    "flags": _check_flags,
}
"""The check of each field, in order, except for those that allow a few words: called with key, name of the field, and value."""
