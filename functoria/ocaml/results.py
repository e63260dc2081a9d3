"""OCaml's options and results, and their binding operators."""

from __future__ import annotations

from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.builtin import raw
from functoria.ocaml.errors import mistyped
from functoria.ocaml.expected import raised_at
from functoria.ocaml.values import NONE, Construct, Parsed, error, invalid, list_of, named, ok, some


def _is_option(value: Any, at: Location) -> Construct:
    if not isinstance(value, Construct) or value.name not in ("None", "Some"):
        raise mistyped(at, f"this is {named(value)}, but an option is expected", objects=[value])
    return value


def _is_result(value: Any, at: Location) -> Construct:
    if isinstance(value, Parsed):
        return value.of("Ok")
    if not isinstance(value, Construct) or value.name not in ("Ok", "Error"):
        raise mistyped(at, f"this is {named(value)}, but a result is expected", objects=[value])
    return value


def _option_get(value: Any, at: Location) -> Any:
    if not _is_option(value, at).applied:
        raise raised_at(invalid("option is None"), at)
    return value.argument


OPTIONS: dict[str, Any] = {
    "none": NONE,
    "some": raw("Option.some", ".", lambda value, at: some(value)),
    "get": raw("Option.get", ".", _option_get),
    "value": raw("Option.value", ". ~default", lambda v, d, at: v.argument if _is_option(v, at).applied else d),
    "map": raw(
        "Option.map",
        ". .",
        lambda f, v, at: some(apply(f, [Given(v.argument)], at)) if _is_option(v, at).applied else v,
    ),
    "bind": raw(
        "Option.bind", ". .", lambda v, f, at: apply(f, [Given(v.argument)], at) if _is_option(v, at).applied else v
    ),
    "iter": raw(
        "Option.iter", ". .", lambda f, v, at: apply(f, [Given(v.argument)], at) if _is_option(v, at).applied else ()
    ),
    "fold": raw(
        "Option.fold",
        "~none ~some .",
        lambda none, f, v, at: apply(f, [Given(v.argument)], at) if _is_option(v, at).applied else none,
    ),
    "is_none": raw("Option.is_none", ".", lambda v, at: not _is_option(v, at).applied),
    "is_some": raw("Option.is_some", ".", lambda v, at: _is_option(v, at).applied),
    "to_list": raw("Option.to_list", ".", lambda v, at: list_of([v.argument] if _is_option(v, at).applied else [])),
}


def _result_get(value: Any, at: Location) -> Any:
    if _is_result(value, at).name == "Error":
        raise raised_at(invalid("result is Error _"), at)
    return value.argument


RESULTS: dict[str, Any] = {
    "ok": raw("Result.ok", ".", lambda value, at: ok(value)),
    "error": raw("Result.error", ".", lambda value, at: error(value)),
    "get_ok": raw("Result.get_ok", ".", _result_get),
    "is_ok": raw("Result.is_ok", ".", lambda v, at: _is_result(v, at).name == "Ok"),
    "value": raw(
        "Result.value",
        ". ~default",
        lambda v, d, at: _is_result(v, at).argument if _is_result(v, at).name == "Ok" else d,
    ),
    "map": raw(
        "Result.map",
        ". .",
        lambda f, v, at: ok(apply(f, [Given(_is_result(v, at).argument)], at)) if _is_result(v, at).name == "Ok" else v,
    ),
    "bind": raw(
        "Result.bind",
        ". .",
        lambda v, f, at: apply(f, [Given(_is_result(v, at).argument)], at) if _is_result(v, at).name == "Ok" else v,
    ),
    "to_option": raw(
        "Result.to_option", ".", lambda v, at: some(v.argument) if _is_result(v, at).name == "Ok" else NONE
    ),
}


_RRESULT_OWN: dict[str, Any] = {
    "ok": raw("R.ok", ".", lambda value, at: ok(value)),
    "error": raw("R.error", ".", lambda value, at: error(value)),
    "get_ok": raw("R.get_ok", ".", _result_get),
}


BINDS: dict[str, Any] = {
    ">>=": raw(
        ">>=",
        ". .",
        lambda v, f, at: apply(f, [Given(_is_result(v, at).argument)], at) if _is_result(v, at).name == "Ok" else v,
    ),
    ">>|": raw(
        ">>|",
        ". .",
        lambda v, f, at: ok(apply(f, [Given(_is_result(v, at).argument)], at)) if _is_result(v, at).name == "Ok" else v,
    ),
}


RRESULT = _RRESULT_OWN | BINDS
