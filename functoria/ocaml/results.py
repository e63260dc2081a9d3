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
    "join": raw("Option.join", ".", lambda v, at: v.argument if _is_option(v, at).applied else v),
    "equal": raw("Option.equal", ". . .", lambda f, a, b, at: _alike(f, _is_option(a, at), _is_option(b, at), at)),
    "compare": raw(
        "Option.compare", ". . .", lambda f, a, b, at: _ordered(f, _is_option(a, at), _is_option(b, at), at)
    ),
    "to_result": raw(
        "Option.to_result", "~none .", lambda none, v, at: ok(v.argument) if _is_option(v, at).applied else error(none)
    ),
    "to_list": raw("Option.to_list", ".", lambda v, at: list_of([v.argument] if _is_option(v, at).applied else [])),
}


def _alike(f: Any, one: Construct, two: Construct, at: Location) -> bool:
    if one.name != two.name:
        return False
    return not one.applied or apply(f, [Given(one.argument), Given(two.argument)], at) is True


def _ordered(f: Any, one: Construct, two: Construct, at: Location) -> int:
    """Compare two options or two results as OCaml does, with a function that compares their contents."""
    if one.name != two.name:
        return -1 if one.name in ("None", "Ok") else 1
    return int(apply(f, [Given(one.argument), Given(two.argument)], at)) if one.applied else 0


def _chosen(value: Any, at: Location, **functions: Any) -> Any:
    """Apply the function given for the constructor of a result to its content."""
    found = _is_result(value, at)
    return apply(functions[found.name], [Given(found.argument)], at)


def _get_error(value: Any, at: Location) -> Any:
    found = _is_result(value, at)
    if found.name == "Ok":
        raise raised_at(invalid("result is Ok _"), at)
    return found.argument


def _each(name: str) -> Any:
    def run(f: Any, value: Any, at: Location) -> tuple[()]:
        found = _is_result(value, at)
        if found.name == name:
            apply(f, [Given(found.argument)], at)
        return ()

    return run


def _same_results(ok_: Any, error_: Any, one: Any, two: Any, at: Location) -> bool:
    a, b = _is_result(one, at), _is_result(two, at)
    return _alike(ok_ if a.name == "Ok" else error_, a, b, at)


def _ordered_results(ok_: Any, error_: Any, one: Any, two: Any, at: Location) -> int:
    a, b = _is_result(one, at), _is_result(two, at)
    return _ordered(ok_ if a.name == "Ok" else error_, a, b, at)


def _result_get(value: Any, at: Location) -> Any:
    if _is_result(value, at).name == "Error":
        raise raised_at(invalid("result is Error _"), at)
    return value.argument


RESULTS: dict[str, Any] = {
    "ok": raw("Result.ok", ".", lambda value, at: ok(value)),
    "error": raw("Result.error", ".", lambda value, at: error(value)),
    "get_ok": raw("Result.get_ok", ".", _result_get),
    "get_error": raw("Result.get_error", ".", _get_error),
    "is_error": raw("Result.is_error", ".", lambda v, at: _is_result(v, at).name == "Error"),
    "iter": raw("Result.iter", ". .", _each("Ok")),
    "iter_error": raw("Result.iter_error", ". .", _each("Error")),
    "map_error": raw(
        "Result.map_error",
        ". .",
        lambda f, v, at: (
            v if _is_result(v, at).name == "Ok" else error(apply(f, [Given(_is_result(v, at).argument)], at))
        ),
    ),
    "join": raw("Result.join", ".", lambda v, at: v.argument if _is_result(v, at).name == "Ok" else v),
    "fold": raw("Result.fold", "~ok ~error .", lambda o, e, v, at: _chosen(v, at, Ok=o, Error=e)),
    "equal": raw("Result.equal", "~ok ~error . .", _same_results),
    "compare": raw("Result.compare", "~ok ~error . .", _ordered_results),
    "to_list": raw(
        "Result.to_list", ".", lambda v, at: list_of([v.argument] if _is_result(v, at).name == "Ok" else [])
    ),
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
