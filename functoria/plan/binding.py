"""Finding the file that binds an application to a name, as a configuration does."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functoria.plan.app import App


def bound_in(app: App) -> Path | None:
    """Return the file of a module with `app` among its names. None if there is none, as at a prompt or in a notebook.

    Of several files it is the one that registered `app`, otherwise one other than the running script. The file that
    registered it counts even if its module is gone, as a configuration's is once another has been loaded.
    """
    modules: dict[str, list[ModuleType]] = {}
    for module in sorted(sys.modules.values(), key=lambda module: getattr(module, "__name__", "") == "__main__"):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            modules.setdefault(os.path.abspath(file), []).append(module)
    binding: Iterator[str] = (file for file, those in modules.items() if _binds(those, app))
    if app.location is not None:
        registered = os.path.abspath(app.location.file)
        if registered not in modules or _binds(modules[registered], app):
            # There are many modules with many names: search them only if this one does not bind it.
            binding = itertools.chain([registered], binding)
    return next((Path(file) for file in binding if file.endswith((".py", ".ml")) and os.path.isfile(file)), None)


def _binds(modules: Iterable[ModuleType], app: App) -> bool:
    return any(value is app for module in modules for value in [*vars(module).values()])
