"""The common functions of OCaml's modules of lists, strings and sequences, which apply another function to each item in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import unlabelled as call
from functoria.ocaml.builtin import raw
from functoria.ocaml.expected import boolean


def folds(module: str, items: Callable[[Any, Location], Iterable[Any]]) -> dict[str, Any]:
    """Return these functions for `module`. `items` returns the items of their argument, or raises TypeMismatch."""

    def fold_left(f: Any, start: Any, value: Any, at: Location) -> Any:
        for item in items(value, at):
            start = call(f, start, item, at=at)
        return start

    def fold_right(f: Any, value: Any, start: Any, at: Location) -> Any:
        for item in reversed(list(items(value, at))):
            start = call(f, item, start, at=at)
        return start

    def iter_(f: Any, value: Any, at: Location) -> tuple[()]:
        for item in items(value, at):
            call(f, item, at=at)
        return ()

    def iteri(f: Any, value: Any, at: Location) -> tuple[()]:
        for number, item in enumerate(items(value, at)):
            call(f, number, item, at=at)
        return ()

    def for_all(f: Any, value: Any, at: Location) -> bool:
        return all(boolean(call(f, item, at=at), at) for item in items(value, at))

    def exists(f: Any, value: Any, at: Location) -> bool:
        return any(boolean(call(f, item, at=at), at) for item in items(value, at))

    return {
        "fold_left": raw(f"{module}.fold_left", ". . .", fold_left),
        "fold_right": raw(f"{module}.fold_right", ". . .", fold_right),
        "iter": raw(f"{module}.iter", ". .", iter_),
        "iteri": raw(f"{module}.iteri", ". .", iteri),
        "for_all": raw(f"{module}.for_all", ". .", for_all),
        "exists": raw(f"{module}.exists", ". .", exists),
    }
