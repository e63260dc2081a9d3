"""key_gen.ml: a function for each key, using functoria-runtime, and the list of runtime keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from functoria import quote
from functoria.emit.emitter import File, Piece, header
from functoria.errors import FunctoriaError, InvalidValue

if TYPE_CHECKING:
    from functoria.graph.info import Info
    from functoria.key import Key


def emit(info: Info) -> Mapping[str, File]:
    """Emit the key module, if the application's root has one."""
    module = info.root.key_module
    return {} if module is None else {module.file: File.of(_pieces(info))}


def _pieces(info: Info) -> Iterator[Piece]:
    yield Piece(header("(*", " *)"))
    for key in info.keys:
        made = _runtime if key.runtime else _constant
        try:
            code = made(key, info.context[key.name])
        except FunctoriaError:
            raise
        except Exception as error:  # a user's `literal` may raise anything
            raise InvalidValue(
                f"the converter of key {key.name} cannot write {info.context[key.name]!r} ({key.converter.expected}) in OCaml: "
                f"{type(error).__name__}: {error}",
                objects=[key],
                locations=[key.location],
            ) from error
        yield Piece(f"\n{code}", key)
    runtime = [key for key in info.keys if key.runtime]
    terms = "; ".join(f"{key.ocaml_name}_t" for key in runtime)
    names = "; ".join(quote.ocaml(key.name) for key in runtime)
    yield Piece(f"\nlet runtime_keys = List.combine [{terms}] [{names}]\n")


def _constant(key: Key[Any], value: Any) -> str:
    return f"let {key.ocaml_name} () = {_literal(key, value)}\n"


def _literal(key: Key[Any], value: Any) -> str:
    code: object = key.converter.literal(value)
    if not isinstance(code, str):
        raise TypeError(f"literal gave {type(code).__name__}, which is not text")
    if not code.strip():
        raise ValueError("literal gave nothing")
    return code


def _runtime(key: Key[Any], value: Any) -> str:
    name = key.ocaml_name
    # A boot-time flag can only be turned on, so a flag that is configured stays on.
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
