"""Find the arguments written after the one that a functor was just applied to.

Python applies `main @ a @ b` to `a` first, and a wrong `a` raises before `b` is evaluated. For a message that takes both into
account, the rest of the expression is read from the file. Only expressions without side effects are evaluated: names,
attributes of modules, and calls of implementations' classes and of libraries' functions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextvars import ContextVar
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from functoria.location import is_library, is_of_user, is_telling
from functoria.syntax_tree import syntax_tree

if TYPE_CHECKING:
    import ast

Told: TypeAlias = "tuple[Any, Told] | None"
told: ContextVar[Told] = ContextVar("told", default=None)
"""The arguments that follow in a language that Python does not evaluate, the next one first."""


class _Unknown(Exception):  # a signal
    pass


def following() -> Iterator[Any]:
    """Yield the arguments that follow the application that the user's code is evaluating, as far as they are known."""
    left = told.get()
    while left is not None:
        value, left = left
        yield value
    frame = _users()
    if frame is None:
        return
    try:
        for node in _written(frame):
            yield _value(node, frame)
    except _Unknown:
        return


def _users() -> FrameType | None:
    """Return the user's frame that led here; None if it is not Python, or if its expression is already being evaluated here."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_of_user(frame):
        if frame.f_code is _value.__code__ or is_telling(frame):
            return None
        frame = frame.f_back
    return frame


def _written(frame: FrameType) -> Iterator[ast.expr]:
    """Yield the expressions to which the value of the one that `frame` evaluates is applied."""
    import ast

    positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    tree = syntax_tree(frame.f_code.co_filename, frame.f_globals)
    if tree is None:
        return
    outer: dict[int, ast.expr] = {}
    here: ast.expr | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            outer[id(node.left)] = node
        elif isinstance(node, ast.Call):
            outer[id(node.func)] = node
        else:
            continue
        if (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset) == positions:
            here = node
    while here is not None and (around := outer.get(id(here))) is not None:
        if isinstance(around, ast.BinOp):
            yield around.right
        elif isinstance(around, ast.Call):
            yield from around.args
        here = around


def _value(node: ast.expr, frame: FrameType) -> Any:
    """Return the value of `node` in the user's `frame`. Raises _Unknown if evaluating it could have a side effect."""
    import ast

    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        for names in (frame.f_locals, frame.f_globals):
            if node.id in names:
                return names[node.id]
    elif isinstance(node, ast.Attribute):
        module = _value(node.value, frame)
        if isinstance(module, ModuleType) and node.attr in vars(module):
            return vars(module)[node.attr]
    elif isinstance(node, (ast.List, ast.Tuple)):
        return [_value(each, frame) for each in node.elts]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.RShift)):
        name = "__matmul__" if isinstance(node.op, ast.MatMult) else "__rshift__"
        return _called(getattr(_value(node.left, frame), name, None), [_value(node.right, frame)], {})
    elif isinstance(node, ast.Call) and all(each.arg is not None for each in node.keywords):
        by_name = {str(each.arg): _value(each.value, frame) for each in node.keywords}
        return _called(_value(node.func, frame), [_value(each, frame) for each in node.args], by_name)
    raise _Unknown


def _called(function: Any, by_place: list[Any], by_name: dict[str, Any]) -> Any:
    module = str(getattr(function, "__module__", None) or type(function).__module__)
    if not is_library(module.partition(".")[0]) and not hasattr(function, "_type_parts"):
        raise _Unknown
    try:
        return function(*by_place, **by_name)
    except Exception:  # its own errors come after the one being reported
        raise _Unknown from None
