"""Finding the file that binds an application to a name, as a configuration does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from functoria.configuration_name import is_configuration

if TYPE_CHECKING:
    from functoria.plan.app import App


def bound_in(app: App) -> Path | None:
    """Return the file of a module with `app` among its names. None if there is none, as at a prompt or in a notebook.

    Of several files it is the one that registered `app`, otherwise one other than the running script. The file that
    registered it counts even if its module is gone, as a configuration's is once another has been loaded.
    """
    if app.location is not None:
        registered = os.path.abspath(app.location.file)
        name = os.path.basename(registered)
        # There are many modules with many names: search them only if this one does not bind it.
        there = [module for file, module in _modules(name) if os.path.abspath(file) == registered]
        if (not there or _binds(there, app)) and _is_source(registered):
            return Path(registered)
    files: dict[str, list[ModuleType]] = {}
    for file, module in sorted(_modules(), key=lambda each: getattr(each[1], "__name__", "") == "__main__"):
        files.setdefault(os.path.abspath(file), []).append(module)
    return next((Path(file) for file, those in files.items() if _binds(those, app) and _is_source(file)), None)


def _modules(end: str = "") -> list[tuple[str, ModuleType]]:
    """The modules that have files whose paths end like this, with these paths."""
    return [
        (file, module)
        for module in [*sys.modules.values()]
        if isinstance(file := getattr(module, "__file__", None), str) and file.endswith(end)
    ]


def _is_source(file: str) -> bool:
    return is_configuration(file) and os.path.isfile(file)


def _binds(modules: Iterable[ModuleType], app: App) -> bool:
    return any(value is app for module in modules for value in [*vars(module).values()])
