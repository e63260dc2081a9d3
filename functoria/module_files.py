"""The loaded modules, and the files that they come from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any


def module_files() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each entry of `sys.modules` that has a file: its name there, the file's path, and the names in the module.

    No attribute of a module is read, because that can load a module that waits for its first use, or raise anything.
    """
    for name, module in list(sys.modules.items()):
        try:
            names = object.__getattribute__(module, "__dict__")
        except AttributeError:  # None, or an object without attributes of its own
            continue
        file = names.get("__file__")
        if isinstance(file, str):
            yield name, file, names
