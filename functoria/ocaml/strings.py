"""OCaml's module String."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.builtin import raw
from functoria.ocaml.errors import refused
from functoria.ocaml.expected import char_of, integer, list_in, or_none, order, raised_at, text_of, writable
from functoria.ocaml.told import Text, joined, size
from functoria.ocaml.values import NONE, Char, Construct, List, Raised, invalid, list_of, some
from functoria.ocaml.world import Surroundings


def bool_of_string(text: Any, at: Location) -> bool:
    """Parse a boolean; raises OCaml's Invalid_argument."""
    if text_of(text, at) not in ("true", "false"):
        raised = invalid("bool_of_string")
        raised.at = at
        raise raised
    return bool(text == "true")


def bool_of_string_opt(text: Any, at: Location) -> Construct:
    """Parse a boolean; None if the text is not one."""
    return some(text == "true") if text_of(text, at) in ("true", "false") else NONE


def strings(world: Surroundings) -> dict[str, Any]:
    """Return the values of the module String."""

    def concat(separator: Any, value: Any, at: Location) -> Text:
        between = writable(separator, at)
        texts = [part for each in list_in(value, at) for part in (between, writable(each, at))][1:]
        world.budget.characters(at, sum(map(size, texts)))
        return joined(texts)

    def sub(text: Any, start: Any, length: Any, at: Location) -> str:
        held = text_of(text, at).encode()
        first, count = integer(start, at), integer(length, at)
        if first < 0 or count < 0 or first + count > len(held):
            raise raised_at(invalid("String.sub / Bytes.sub"), at)
        return held[first : first + count].decode("utf-8", "replace")

    def split(char: Any, text: Any, at: Location) -> List:
        return list_of(text_of(text, at).split(char_of(char, at)))

    def map_(f: Any, text: Any, at: Location) -> str:
        return "".join(char_of(apply(f, [Given(Char(char))], at), at) for char in text_of(text, at))

    def changed(change: Callable[[str], str]) -> Callable[[Any, Location], str]:
        return lambda text, at: _ascii(text_of(text, at), change)

    def index(text: Any, char: Any, at: Location) -> int:
        found = text_of(text, at).encode().find(char_of(char, at).encode())
        if found < 0:
            raise Raised(Construct("Not_found"), at)
        return found

    def get(text: Any, number: Any, at: Location) -> Char:
        held = text_of(text, at)
        if not 0 <= integer(number, at) < len(held):
            raise raised_at(invalid("index out of bounds"), at)
        return Char(held[number])

    def make(count: Any, char: Any, at: Location) -> str:
        if integer(count, at) < 0:
            raise raised_at(invalid("Bytes.create"), at)
        if count > 100_000:
            raise refused(at, "strings of more than 100000 characters are not supported")
        return char_of(char, at) * int(count)

    return {
        "concat": raw("String.concat", ". .", concat),
        "length": raw("String.length", ".", lambda text, at: len(text_of(text, at).encode())),
        "sub": raw("String.sub", ". . .", sub),
        "get": raw("String.get", ". .", get),
        "make": raw("String.make", ". .", make),
        "trim": raw("String.trim", ".", lambda text, at: text_of(text, at).strip(" \t\n\r\f")),
        "uppercase_ascii": raw("String.uppercase_ascii", ".", changed(str.upper)),
        "lowercase_ascii": raw("String.lowercase_ascii", ".", changed(str.lower)),
        "capitalize_ascii": raw("String.capitalize_ascii", ".", changed(lambda t: t[:1].upper() + t[1:])),
        "uncapitalize_ascii": raw("String.uncapitalize_ascii", ".", changed(lambda t: t[:1].lower() + t[1:])),
        "uppercase": raw("String.uppercase", ".", changed(str.upper)),  # OCaml before 5
        "lowercase": raw("String.lowercase", ".", changed(str.lower)),
        "capitalize": raw("String.capitalize", ".", changed(lambda t: t[:1].upper() + t[1:])),
        "uncapitalize": raw("String.uncapitalize", ".", changed(lambda t: t[:1].lower() + t[1:])),
        "split_on_char": raw("String.split_on_char", ". .", split),
        "map": raw("String.map", ". .", map_),
        "index": raw("String.index", ". .", index),
        "index_opt": raw("String.index_opt", ". .", or_none(index)),
        "contains": raw("String.contains", ". .", lambda text, char, at: char_of(char, at) in text_of(text, at)),
        "equal": raw("String.equal", ". .", lambda a, b, at: text_of(a, at) == text_of(b, at)),
        "compare": raw("String.compare", ". .", order),
        "starts_with": raw("starts_with", "~prefix .", lambda p, t, at: text_of(t, at).startswith(text_of(p, at))),
        "ends_with": raw("ends_with", "~suffix .", lambda s, t, at: text_of(t, at).endswith(text_of(s, at))),
        "escaped": raw("String.escaped", ".", lambda text, at: _escaped(text_of(text, at))),
        "empty": "",
    }


def _escaped(text: str) -> str:
    from functoria.ocaml.formats import escaped

    return escaped(text)[1:-1]


def _ascii(text: str, change: Callable[[str], str]) -> str:
    return (
        "".join(new if ord(new) < 128 else old for old, new in zip(text, change(text), strict=False))
        if not text.isascii()
        else change(text)
    )
