"""Finding the file that binds an application to a name, as a configuration does."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functoria.configuration_name import is_configuration
from functoria.module_files import module_files

if TYPE_CHECKING:
    from functoria.plan.app import App


def bound_in(app: App) -> Path | None:
    """Return the file of a module with `app` among its names. None if there is none, as at a prompt or in a notebook.

    Of several files it is the one that registered `app`, otherwise one other than the running script. The file that
    registered it counts even if its module is gone, as a configuration's is once another has been loaded.
    """
    modules = list(module_files())
    if app.location is not None:
        registered = _absolute(app.location.file)
        name = os.path.basename(registered)
        # There are many modules with many names: search them only if this one does not bind it.
        there = [names for _, file, names in modules if file.endswith(name) and _absolute(file) == registered]
        if (not there or _binds(there, app)) and _is_source(registered):
            return Path(registered)
    files: dict[str, list[dict[str, Any]]] = {}
    for _, file, names in sorted(modules, key=lambda each: each[0] == "__main__"):
        files.setdefault(_absolute(file), []).append(names)
    return next((Path(file) for file, those in files.items() if _binds(those, app) and _is_source(file)), None)


def _absolute(file: str) -> str:
    try:
        return os.path.abspath(file)
    except FileNotFoundError:  # the working directory was removed
        return file


def _is_source(file: str) -> bool:
    return is_configuration(file) and os.path.isfile(file)


def _binds(modules: Iterable[dict[str, Any]], app: App) -> bool:
    return any(value is app for names in modules for value in [*names.values()])
