"""More of OCaml's module String: characters, searching, and sequences."""

from __future__ import annotations

from functools import cache
from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import unlabelled as call
from functoria.ocaml.builtin import raw
from functoria.ocaml.errors import refused
from functoria.ocaml.expected import char_of, integer, or_none, raised_at, text_of
from functoria.ocaml.folds import folds
from functoria.ocaml.more_lists import seq_in
from functoria.ocaml.small_modules import not_found
from functoria.ocaml.values import Char, Wrapped, invalid


def chars(text: Any, at: Location) -> list[Char]:
    """Return the characters of a string."""
    return [Char(each) for each in text_of(text, at)]


def _made(found: list[Any], at: Location) -> str:
    return "".join(char_of(each, at) for each in found)


def _init(count: Any, f: Any, at: Location) -> str:
    if integer(count, at) < 0:
        raise raised_at(invalid("Bytes.create"), at)
    if count > 100_000:
        raise refused(at, "strings of more than 100000 characters are not supported")
    return _made([call(f, number, at=at) for number in range(count)], at)


def _mapi(f: Any, text: Any, at: Location) -> str:
    return _made([call(f, number, char, at=at) for number, char in enumerate(chars(text, at))], at)


def _index_from(text: Any, start: Any, char: Any, at: Location, name: str = "index_from") -> int:
    held = text_of(text, at)
    if not 0 <= integer(start, at) <= len(held):
        raise raised_at(invalid(f"String.{name} / Bytes.{name}"), at)
    found = held.find(char_of(char, at), start)
    if found < 0:
        raise not_found(at)
    return found


def _index_from_opt(text: Any, start: Any, char: Any, at: Location) -> int:
    return _index_from(text, start, char, at, "index_from_opt")


def _rindex(text: Any, char: Any, at: Location) -> int:
    found = text_of(text, at).encode().rfind(char_of(char, at).encode())
    if found < 0:
        raise not_found(at)
    return found


@cache
def more_strings() -> dict[str, Any]:
    """Return the values of the module String that are defined here."""
    return {
        **folds("String", chars),
        "init": raw("String.init", ". .", _init),
        "cat": raw("String.cat", ". .", lambda a, b, at: text_of(a, at) + text_of(b, at)),
        "mapi": raw("String.mapi", ". .", _mapi),
        "index_from": raw("String.index_from", ". . .", _index_from),
        "index_from_opt": raw("String.index_from_opt", ". . .", or_none(_index_from_opt)),
        "rindex": raw("String.rindex", ". .", _rindex),
        "rindex_opt": raw("String.rindex_opt", ". .", or_none(_rindex)),
        "to_seq": raw("String.to_seq", ".", lambda text, at: Wrapped("seq", tuple(chars(text, at)))),
        "of_seq": raw("String.of_seq", ".", lambda value, at: _made(list(seq_in(value, at)), at)),
    }
