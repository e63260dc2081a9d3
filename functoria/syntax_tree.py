"""The syntax tree of a Python file of the user's, for messages about what it has written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ast


def syntax_tree(file: str, names: dict[str, Any] | None = None) -> ast.Module | None:
    """Parse the current content of `file`; return None if it cannot be parsed.

    `names` are the globals of its module, whose loader has the source if no file does, as for cells of notebooks.
    """
    import ast
    import linecache

    linecache.checkcache(file)
    try:
        return ast.parse("".join(linecache.getlines(file, names)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
