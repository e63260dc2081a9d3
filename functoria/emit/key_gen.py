"""key_gen.ml: a function for each key, and the list of those that the unikernel reads when it boots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from functoria import quote
from functoria.emit.main_ml import HEADER
from functoria.errors import FunctoriaError, InvalidValue

if TYPE_CHECKING:
    from functoria.key import Key
    from functoria.plan.plan import Plan


def text(plan: Plan) -> str:
    """The text of key_gen.ml: MirageOS's own form, over the library functoria-runtime."""
    return "".join(piece for piece, _ in lines(plan))


def lines(plan: Plan) -> Iterator[tuple[str, Key[Any] | None]]:
    """key_gen.ml in pieces, each with the key that it is for."""
    yield f"(* {HEADER} *)\n", None
    for key in plan.keys:
        made = _runtime if key.runtime else _constant
        try:
            code = made(key, plan.values[key.name])
        except FunctoriaError:
            raise
        except Exception as error:  # a converter's own `literal` may raise anything
            raise InvalidValue(
                f"the converter of key {key.name} cannot say {plan.values[key.name]!r} ({key.converter.expected}) in OCaml: "
                f"{type(error).__name__}: {error}",
                objects=[key],
                locations=[key.location],
            ) from error
        yield f"\n{code}", key
    runtime = [key for key in plan.keys if key.runtime]
    terms = "; ".join(f"{key.ocaml_name}_t" for key in runtime)
    names = "; ".join(quote.ocaml(key.name) for key in runtime)
    yield f"\nlet runtime_keys = List.combine [{terms}] [{names}]\n", None


def _constant(key: Key[Any], value: Any) -> str:
    return f"let {key.ocaml_name} () = {_literal(key, value)}\n"


def _literal(key: Key[Any], value: Any) -> str:
    code: object = key.converter.literal(value)
    if not isinstance(code, str):
        raise TypeError(f"literal gave {type(code).__name__}, which is no text")
    if not code.strip():
        raise ValueError("literal gave nothing")
    return code


def _runtime(key: Key[Any], value: Any) -> str:
    name = key.ocaml_name
    # A flag can be turned on, but not off, when the unikernel boots: one that was configured stays on.
    on = " || true" if key.kind == "flag" and value else ""
    return (
        f"let {name} = Functoria_runtime.Key.create\n  ({_argument(key, value)})\n"
        f"let {name}_t = Functoria_runtime.Key.term {name}\n"
        f"let {name} () = Functoria_runtime.Key.get {name}{on}\n"
    )


def _argument(key: Key[Any], value: Any) -> str:
    converter, info = key.converter, _info(key)
    if key.kind == "flag":
        return f"Functoria_runtime.Arg.flag\n    {info}"
    if key.kind == "required":
        default = "None" if value is None else f"Some {_literal(key, value)}"
        return f"Functoria_runtime.Arg.key ?default:({default}) {converter.runtime}\n    {info}"
    return f"Functoria_runtime.Arg.opt {converter.runtime} {_literal(key, value)}\n    {info}"


def _info(key: Key[Any]) -> str:
    flags = "; ".join(quote.ocaml(flag) for flag in key.flags)
    env = f"(Some (Cmdliner.Arg.env_var {quote.ocaml(key.env)}))" if key.env else "None"
    doc = _some(quote.cmdliner(key.doc)) if key.doc else "None"
    return (
        f"(Cmdliner.Arg.info ~docs:{quote.ocaml(quote.cmdliner(key.docs))} ?docv:{_some(key.docv)}\n"
        f"      ?doc:{doc}\n      ?env:{env} [{flags}])"
    )


def _some(text: str | None) -> str:
    return f"(Some {quote.ocaml(text)})" if text else "None"
