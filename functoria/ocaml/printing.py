"""Formatted printing: the functions of Printf and Format, which Fmt shares."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.boxes import Buffer
from functoria.ocaml.builtin import raw
from functoria.ocaml.expected import boolean, buffer_of, char_of, integer, list_in, raised_at, text_of, writable
from functoria.ocaml.formats import formatted
from functoria.ocaml.numbers import string_of_float
from functoria.ocaml.told import Text
from functoria.ocaml.values import ABSENT, Construct, failure, invalid


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

    def plainly(text: Any, at: Location, finish: Callable[[Buffer, Location], Any]) -> Any:
        return formatted(text, at, finish, breaks=False, texts=True)

    return {
        "sprintf": raw("sprintf", ".", lambda text, at: plainly(text, at, _finished)),
        "printf": raw("printf", ".", lambda text, at: plainly(text, at, _unit)),
        "eprintf": raw("eprintf", ".", lambda text, at: plainly(text, at, _unit)),
        "ksprintf": raw("ksprintf", ". .", lambda k, text, at: plainly(text, at, _into(k))),
        "kprintf": raw("kprintf", ". .", lambda k, text, at: plainly(text, at, _into(k))),
    }


def _printer(name: str, show: Callable[[Any, Location], Text]) -> tuple[str, Any]:
    def run(buffer: Any, value: Any, at: Location) -> tuple[()]:
        buffer_of(buffer, at).write(show(value, at))
        return ()

    return name, raw(name, ". .", run)


def _layout(name: str, arguments: int, do: Callable[..., None]) -> tuple[str, Any]:
    """Make a function of a formatter, and integers or unit, that opens a box or breaks the line."""

    def run(buffer: Any, *given: Any) -> tuple[()]:
        *numbers, at = given
        do(buffer_of(buffer, at), *(integer(each, at) for each in numbers if each != ()))
        return ()

    return name, raw(name, " ".join(["."] * (arguments + 1)), run)


@cache
def format_module() -> dict[str, Any]:
    """Return the values of the module Format."""

    def list_(separate: Any, pp: Any, buffer: Any, items: Any, at: Location) -> tuple[()]:
        for number, item in enumerate(list_in(items, at)):
            if number and separate is ABSENT:
                buffer_of(buffer, at).blank(0)
            elif number:
                apply(separate, [Given(buffer), Given(())], at)
            apply(pp, [Given(buffer), Given(item)], at)
        return ()

    def option_(none: Any, pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
        if isinstance(value, Construct) and value.applied:
            apply(pp, [Given(buffer), Given(value.argument)], at)
        elif none is not ABSENT:
            apply(none, [Given(buffer), Given(())], at)
        return ()

    def words(buffer: Any, text: Any, at: Location) -> tuple[()]:
        for part in re.split("([ \n])", text_of(text, at)):
            if part == " ":
                buffer_of(buffer, at).blank(1)
            elif part == "\n":
                buffer_of(buffer, at).line()
            elif part:
                buffer_of(buffer, at).write(part)
        return ()

    return {
        "asprintf": raw("asprintf", ".", lambda text, at: formatted(text, at, _finished)),
        "sprintf": raw("sprintf", ".", lambda text, at: formatted(text, at, _finished, texts=True)),
        "fprintf": raw("fprintf", ". .", _write_to),
        "printf": raw("printf", ".", lambda text, at: formatted(text, at, _unit)),
        "eprintf": raw("eprintf", ".", lambda text, at: formatted(text, at, _unit)),
        "kasprintf": raw("kasprintf", ". .", lambda k, text, at: formatted(text, at, _into(k))),
    } | dict(
        [
            _printer("pp_print_string", writable),
            _printer("pp_print_int", lambda value, at: str(integer(value, at))),
            _printer("pp_print_bool", lambda value, at: "true" if boolean(value, at) else "false"),
            _printer("pp_print_char", char_of),
            _printer("pp_print_float", string_of_float),
            ("pp_print_list", raw("pp_print_list", "?pp_sep . . .", list_)),
            ("pp_print_option", raw("pp_print_option", "?none . . .", option_)),
            ("pp_print_text", raw("pp_print_text", ". .", words)),
            _layout("pp_print_space", 1, lambda buffer: buffer.blank(1)),
            _layout("pp_print_cut", 1, lambda buffer: buffer.blank(0)),
            _layout("pp_print_break", 2, lambda buffer, blanks, offset: buffer.blank(blanks, offset)),
            _layout("pp_force_newline", 1, lambda buffer: buffer.line()),
            _layout("pp_print_newline", 1, lambda buffer: buffer.flush("\n")),
            _layout("pp_print_flush", 1, lambda buffer: buffer.flush()),
            _layout("pp_close_box", 1, lambda buffer: buffer.close()),
            _layout("pp_open_box", 1, lambda buffer, indent: buffer.open("b", indent)),
            _layout("pp_open_hbox", 1, lambda buffer: buffer.open("h")),
            *(
                _layout(f"pp_open_{kind}box", 1, lambda buffer, indent, kind=kind: buffer.open(kind, indent))
                for kind in ("v", "hv", "hov")
            ),
        ]
    )


def _into(continuation: Any) -> Callable[[Buffer, Location], Any]:
    return lambda buffer, at: apply(continuation, [Given(buffer.text)], at)


def _write_to(buffer: Any, text: Any, at: Location) -> Any:
    return formatted(text, at, _unit, into=buffer_of(buffer, at))


@cache
def fmt_formats() -> dict[str, Any]:
    """Return the functions of Fmt that take a format."""
    return {
        "str": raw("str", ".", lambda text, at: formatted(text, at, _finished)),
        "strf": raw("strf", ".", lambda text, at: formatted(text, at, _finished)),
        "kstr": raw("kstr", ". .", lambda k, text, at: formatted(text, at, _into(k))),
        "kstrf": raw("kstrf", ". .", lambda k, text, at: formatted(text, at, _into(k))),
        "pf": raw("pf", ". .", _write_to),
        "pr": raw("pr", ".", lambda text, at: formatted(text, at, _unit)),
        "epr": raw("epr", ".", lambda text, at: formatted(text, at, _unit)),
        "failwith": raw("Fmt.failwith", ".", lambda text, at: formatted(text, at, _failing)),
        "invalid_arg": raw("Fmt.invalid_arg", ".", lambda text, at: formatted(text, at, _invalid)),
    }
