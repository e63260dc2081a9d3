"""Attributes that classes of devices set: where they are written, and which of them look misspelt."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from functoria.location import Location, is_installed, is_library, is_own
from functoria.misspelling import near, similar
from functoria.syntax_tree import syntax_tree

_DEVICE = "functoria.device"


def names(cls: type) -> frozenset[str]:
    """Return the names of the attributes and methods that devices have."""
    base = next(each for each in cls.__mro__ if each.__module__ == _DEVICE)
    return frozenset(name for name in vars(base) if not name.startswith("_")) - {"expect", "ocaml_string"}


def users(cls: type) -> Iterator[type]:
    """Yield `cls` and its bases, up to the first one that belongs to a library."""
    for each in cls.__mro__:
        if is_library(each.__module__.partition(".")[0]):
            return
        yield each


def misspelt_as(device: object, name: str) -> str:
    """Return the attribute of a device that looks like a misspelling of `name`; empty if there is none."""
    cls = type(device)
    known = names(cls)
    said = [each for base in users(cls) for each in (*vars(base), *getattr(base, "__annotations__", ()))]
    odd = [each for each in (*said, *getattr(device, "__dict__", ())) if not each.startswith("_") and each not in known]
    found = near(name, odd)
    return found[0] if found and similar(found[0], name) else ""


def absent(device: object, name: str, example: str) -> str:
    """Describe that a device's class lacks the attribute `name`, and how to set it, as in the `example`."""
    wrong = misspelt_as(device, name)
    hint = f"rename {wrong} to {name}" if wrong else f"add it, as in {example}"
    return f"the class {type(device).__name__} has no {name}: {hint}"


def written(device: Any, name: str) -> Location | None:
    """Return where the class of a device sets `name`; None if that is not a user's class, or is not found."""
    cls = next((each for each in users(type(device)) if name in vars(each)), None)
    if cls is None:
        return None
    home = getattr(sys.modules.get(cls.__module__), "__file__", None)
    made = getattr(device, "location", None)
    for file in dict.fromkeys(
        each for each in (home, made and made.file) if each and (is_own(each) or is_installed(each))
    ):
        found = _in_file(file, cls.__name__, (name,))
        if found is not None:
            return found
    return None


def _in_file(file: str, cls: str, wanted: Iterable[str]) -> Location | None:
    import ast

    tree = syntax_tree(file)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.ClassDef) and node.name == cls:
            for each in node.body:
                at = _named(each, wanted)
                if at is not None:
                    line, end, column, last = at.lineno, at.end_lineno, at.col_offset, at.end_col_offset
                    return (
                        None if end is None or last is None else Location.of_expression(file, line, end, column, last)
                    )
    return None


def _named(node: Any, wanted: Iterable[str]) -> Any:
    """Return the part of a statement to mark, if it defines one of the names `wanted`."""
    import ast

    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in wanted:
        start = node.col_offset + (len("async def ") if isinstance(node, ast.AsyncFunctionDef) else len("def "))
        return ast.Name(
            node.name,
            lineno=node.lineno,
            end_lineno=node.lineno,
            col_offset=start,
            end_col_offset=start + len(node.name.encode()),
        )
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return node if any(isinstance(each, ast.Name) and each.id in wanted for each in targets) else None
