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


def bound_in(app: App, registered: str | None) -> Path | None:
    """Return the file of a module with `app` among its names. None if there is none, as at a prompt or in a notebook.

    Of several files it is `registered`, the one that registered `app`, otherwise one other than the running script. The file
    that registered it counts even if its module is gone, as a configuration's is once another has been loaded, or holds an
    equal application, as it does after it has been loaded again.
    """
    modules = list(module_files())
    there: list[dict[str, Any]] = []
    if registered is not None:
        name = os.path.basename(registered)
        # There are many modules with many names: search them only if this one does not bind it.
        there = [names for _, file, names in modules if file.endswith(name) and absolute(file) == registered]
        if (not there or _binds(there, app)) and _is_source(registered):
            return Path(registered)
    files: dict[str, list[dict[str, Any]]] = {}
    for _, file, names in sorted(modules, key=lambda each: each[0] == "__main__"):
        files.setdefault(absolute(file), []).append(names)
    found = next((file for file, those in files.items() if _binds(those, app) and _is_source(file)), None)
    if found is None and registered is not None and _holds_equal(there, app) and _is_source(registered):
        found = registered
    return None if found is None else Path(found)


def absolute(file: str) -> str:
    """Return the absolute path of `file`, or `file` itself if the working directory was removed."""
    try:
        return os.path.abspath(file)
    except FileNotFoundError:
        return file


def _is_source(file: str) -> bool:
    return is_configuration(file) and os.path.isfile(file)


def _binds(modules: Iterable[dict[str, Any]], app: App) -> bool:
    return any(value is app for names in modules for value in [*names.values()])


def _holds_equal(modules: Iterable[dict[str, Any]], app: App) -> bool:
    return any(type(value) is type(app) and value == app for names in modules for value in [*names.values()])
