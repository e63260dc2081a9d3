"""The file that binds an application to a name, as a configuration does."""

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
    """The Python file of a module that has `app` among its names; None where there is none, as at a prompt or in a notebook.

    Of several it is the one that registered it, else one that is not the script which runs. A file that registered it counts
    where its module is not there any more, as that of a configuration after another was loaded.
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
            # The names of all modules are many: they are gone through only where this one will not do.
            binding = itertools.chain([registered], binding)
    return next((Path(file) for file in binding if file.endswith(".py") and os.path.isfile(file)), None)


def _binds(modules: Iterable[ModuleType], app: App) -> bool:
    return any(value is app for module in modules for value in [*vars(module).values()])
