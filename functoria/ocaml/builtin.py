"""Define modules of OCaml libraries in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from functoria.errors import FunctoriaError
from functoria.location import Location
from functoria.ocaml.errors import mistyped
from functoria.ocaml.scope import Names
from functoria.ocaml.signature import Types, function, parse
from functoria.ocaml.values import ABSENT, Function, Parameter, Raised, named

Table = Mapping[str, "tuple[str, Any] | Any"]
"""Values of a module by name: a signature with the Python object that implements it, or an OCaml value."""


def words(text: str) -> tuple[str, ...]:
    """Split `text` into words."""
    return tuple(text.split())


def raw(
    name: str,
    labels: str,
    call: Callable[..., Any],
    *,
    pure: bool = True,
    partly: Callable[..., Any] | None = None,
    applies: bool = False,
) -> Function:
    """Make a function that receives unconverted OCaml values, then the place. `labels` are as in a signature: `?sep . .`.

    `partly` gives what is known of the result when part of an argument is unknown; see `Function` for the other arguments.
    """

    def run(values: list[Any], at: Location) -> Any:
        try:
            return call(*values, at)
        except (FunctoriaError, Raised):
            raise
        except (TypeError, AttributeError, LookupError, ValueError, OverflowError) as error:
            given = " and ".join(named(value) for value in values if value is not ABSENT)
            raise mistyped(at, f"{name} cannot take {given}", objects=values) from error

    unknown = None if partly is None else lambda values, at: partly(*values, at)
    return Function(_parameters(labels), run, ("builtin", name), name, pure, applies, unknown)


@cache
def _parameters(labels: str) -> tuple[Parameter, ...]:
    return tuple(
        Parameter() if word == "." else Parameter(word.lstrip("?~"), word.startswith("?")) for word in labels.split()
    )


def module(title: str, table: Table, types: Types = lambda name: None, **inside: Names) -> Names:
    """Make a module of the values in `table`, each built when first used."""

    def library(name: str) -> Any:
        found = table.get(name)
        if isinstance(found, Function):  # messages may use one name for a function of several modules
            return found.called_as(("library", title, name))
        if not isinstance(found, tuple) or not found:
            return found
        text, python = found
        return function(name, parse(text, types), python)

    return Names(title, modules=dict(inside), library=library, known=lambda: table)
