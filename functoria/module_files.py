"""The loaded modules, and the files that they come from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any


def module_files() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each entry of `sys.modules` that has a file: its name there, the file's path, and the names in the module."""
    for name, module in list(sys.modules.items()):
        names = names_in(module)
        file = names.get("__file__")
        if isinstance(file, str):
            yield name, file, names


def names_in(module: object) -> dict[str, Any]:
    """Return the names in an entry of `sys.modules`; empty for None, and for an object without attributes of its own.

    No attribute is read, because that can load a module that waits for its first use, or raise anything.
    """
    try:
        found: dict[str, Any] = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return {}
    return found
