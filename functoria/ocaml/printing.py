"""Formatted printing: the functions of Printf and Format, which Fmt shares."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.builtin import raw
from functoria.ocaml.expected import buffer_of, raised_at, writable
from functoria.ocaml.formats import formatted
from functoria.ocaml.told import Text
from functoria.ocaml.values import Buffer, failure, invalid


def _finished(buffer: Buffer, at: Location) -> Text:
    return buffer.text


def _failing(buffer: Buffer, at: Location) -> Any:
    raise raised_at(failure(buffer.text), at)


def _invalid(buffer: Buffer, at: Location) -> Any:
    raise raised_at(invalid(buffer.text), at)


def _unit(buffer: Buffer, at: Location) -> tuple[()]:
    return ()


@cache
def printf() -> dict[str, Any]:
    """Return the values of the module Printf."""
    return {
        "sprintf": raw("sprintf", ".", lambda text, at: formatted(text, at, _finished, breaks=False)),
        "printf": raw("printf", ".", lambda text, at: formatted(text, at, _unit, breaks=False)),
        "eprintf": raw("eprintf", ".", lambda text, at: formatted(text, at, _unit, breaks=False)),
        "ksprintf": raw("ksprintf", ". .", lambda k, text, at: formatted(text, at, _into(k), breaks=False)),
    }


def _into(continuation: Any) -> Callable[[Buffer, Location], Any]:
    return lambda buffer, at: apply(continuation, [Given(buffer.text)], at)


@cache
def format_functions() -> dict[str, Any]:
    """Return the printing functions that Format and Fmt share."""

    def write_to(buffer: Any, text: Any, at: Location) -> Any:
        return formatted(text, at, _unit, into=buffer_of(buffer, at))

    def pp_string(buffer: Any, text: Any, at: Location) -> tuple[()]:
        buffer_of(buffer, at).write(writable(text, at))
        return ()

    return {
        "asprintf": raw("asprintf", ".", lambda text, at: formatted(text, at, _finished)),
        "sprintf": raw("sprintf", ".", lambda text, at: formatted(text, at, _finished)),
        "fprintf": raw("fprintf", ". .", write_to),
        "printf": raw("printf", ".", lambda text, at: formatted(text, at, _unit)),
        "eprintf": raw("eprintf", ".", lambda text, at: formatted(text, at, _unit)),
        "kasprintf": raw("kasprintf", ". .", lambda k, text, at: formatted(text, at, _into(k))),
        "pp_print_string": raw("pp_print_string", ". .", pp_string),
        "str": raw("str", ".", lambda text, at: formatted(text, at, _finished)),
        "strf": raw("strf", ".", lambda text, at: formatted(text, at, _finished)),
        "kstr": raw("kstr", ". .", lambda k, text, at: formatted(text, at, _into(k))),
        "kstrf": raw("kstrf", ". .", lambda k, text, at: formatted(text, at, _into(k))),
        "pf": raw("pf", ". .", write_to),
        "pr": raw("pr", ".", lambda text, at: formatted(text, at, _unit)),
        "epr": raw("epr", ".", lambda text, at: formatted(text, at, _unit)),
        "failwith": raw("Fmt.failwith", ".", lambda text, at: formatted(text, at, _failing)),
        "invalid_arg": raw("Fmt.invalid_arg", ".", lambda text, at: formatted(text, at, _invalid)),
    }
