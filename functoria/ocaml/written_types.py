"""Convert types in tables of libraries, which are in OCaml's notation, and in signatures to types for inference."""

from __future__ import annotations

import re
from functools import lru_cache

from functoria.ocaml.ml_types import GENERIC, UNKNOWN_TYPE, Arrow, Con, Ty, Var, arrows
from functoria.ocaml.signature import Signature

_TOKEN = re.compile(r"\s*(->|[*(),]|\??[a-z_0-9]+:|'[a-z]+|\.\.\.|[A-Za-z_][A-Za-z_0-9.']*)")


class _Parser:
    """Reads a type, such as `?sep:unit fmt -> 'a list -> ('a, 'b) result`; `...` is an unknown type."""

    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)
        self.place = 0
        self.variables: dict[str, Var] = {}

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def next(self) -> str:
        self.place += 1
        return str(self.tokens[self.place - 1])

    def type(self) -> Ty:
        label = self.next() if self.peek().endswith(":") else ""
        one = self.product()
        if self.peek() != "->":
            return one
        self.next()
        return Arrow(one, self.type(), label.strip("?:"), label.startswith("?"))

    def product(self) -> Ty:
        items = [self.applied()]
        while self.peek() == "*":
            self.next()
            items.append(self.applied())
        return items[0] if len(items) == 1 else Con("*", items)

    def applied(self) -> Ty:
        token = self.next()
        items: list[Ty] = []
        if token == "(":
            items.append(self.type())
            while self.peek() == ",":
                self.next()
                items.append(self.type())
            if self.next() != ")":
                raise ValueError(f"a parenthesis is not closed in {' '.join(self.tokens)!r}")
        elif token == "...":
            items.append(UNKNOWN_TYPE)
        elif token.startswith("'"):
            items.append(self.variables.setdefault(token, Var(GENERIC)))
        else:
            items.append(constructed(token, []))
        while re.match(r"[A-Za-z]", self.peek()) and not self.peek().endswith(":"):
            items = [constructed(self.next(), items)]
        assert len(items) == 1, self.tokens
        return items[0]


def constructed(name: str, arguments: list[Ty]) -> Ty:
    """Return the type `name` with arguments, resolving abbreviations."""
    if name == "Fmt.t":  # a printer
        return arrows([Con("formatter"), arguments[0]], Con("unit"))
    if name in ("format", "format4"):  # the type printed to, the result of printers, the final result
        return Con("format", (*arguments, arguments[-1]) if name == "format" else tuple(arguments))
    if name in _SHORT:
        return Con(_SHORT[name], tuple(arguments))
    return Con(name, tuple(arguments))


@lru_cache(maxsize=2048)
def written(text: str) -> Ty:
    """Return the type that `text` denotes, with all of its variables generalised."""
    return _Parser(text).type()


_SHORT = {
    "String.t": "string",
    "StringLabels.t": "string",
    "Int64.t": "int64",
    "Int.t": "int",
    "Float.t": "float",
    "Bool.t": "bool",
    "Unit.t": "unit",
    "Char.t": "char",
    "Lazy.t": "lazy_t",
    "Format.formatter": "formatter",
}


def of_signature(signature: Signature) -> Ty:
    """Return the type of a library function with this signature."""
    gives = signature.gives.scheme()
    for each in reversed(signature.parameters):
        gives = Arrow(each.codec.scheme(), gives, each.label, each.optional)
    return gives
