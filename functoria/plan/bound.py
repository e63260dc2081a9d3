"""The file that binds an application to a name, as a configuration does."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functoria.plan.app import App


def bound_in(app: App) -> Path | None:
    """The Python file of a module that has `app` among its names; None where there is none, as at a prompt or in a notebook.

    Of several it is the one that registered it, else one that is not the script which runs. A file that registered it counts
    where its module is not there any more, as that of a configuration after another was loaded.
    """
    binding: dict[str, bool] = {}
    for module in sorted(sys.modules.values(), key=lambda module: getattr(module, "__name__", "") == "__main__"):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            path = os.path.abspath(file)
            binding[path] = binding.get(path, False) or any(value is app for value in [*vars(module).values()])
    registered = None if app.location is None else os.path.abspath(app.location.file)
    files = [path for path, binds in binding.items() if binds]
    if registered is not None and binding.get(registered, True):
        files.insert(0, registered)
    return next((Path(file) for file in files if file.endswith(".py") and os.path.isfile(file)), None)
