"""Look up the types of library values."""

from __future__ import annotations

from functools import cache
from typing import Any

from functoria import Impl, Type
from functoria.ocaml.library_table import TABLE
from functoria.ocaml.ml_types import (
    BOOL,
    CHAR,
    FLOAT,
    GENERIC,
    IMPL,
    INT,
    STRING,
    TYP,
    UNKNOWN_TYPE,
    Con,
    Ty,
    Var,
    list_type,
    option_type,
)
from functoria.ocaml.values import NIL, NONE, Char, Function, Int64
from functoria.ocaml.written_types import of_signature, written


@cache
def _types() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    module = ""
    for line in TABLE.strip().splitlines():
        if line.startswith("["):
            module = line.strip("[]")
            continue
        names, _, type = line.partition(" : ")
        found |= {(module, name): type for name in names.split()}
    return found


def type_text(module: str, name: str) -> str | None:
    """Return the type of a module's value as OCaml writes it; None if it is not in the table."""
    return _types().get((module, name))


def type_of_value(value: Any) -> Ty:
    """Return the type of a library's value, the unknown type if it is not in the tables."""
    if isinstance(value, Function):
        same: Any = value.same
        if value.signature is not None:
            return of_signature(value.signature)
        text = type_text(same[1], same[2]) if isinstance(same, tuple) and same[0] == "library" else None
        return UNKNOWN_TYPE if text is None else written(text)
    if isinstance(value, bool):
        return BOOL
    if value is NIL:
        return list_type(Var(GENERIC))
    if value is NONE:
        return option_type(Var(GENERIC))
    kinds: list[tuple[type, Ty]] = [
        (int, INT),
        (str, STRING),
        (float, FLOAT),
        (Char, CHAR),
        (Int64, Con("int64")),
        (Impl, IMPL),
        (Type, TYP),
    ]
    return next((type for kind, type in kinds if isinstance(value, kind)), UNKNOWN_TYPE)
