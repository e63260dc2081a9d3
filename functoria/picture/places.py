"""Places in files relative to the checkout, for output that must be the same on every machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from functoria.location import Location, in_library, is_installed
from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.plan.app import App


def place_in(app: App, location: Location | None) -> str | None:
    """Return `location` relative to the directory of `app`'s configuration, or to that of installed packages."""
    if location is None:
        return None
    home = app.location
    if home is not None and not in_library(location) and not is_installed(location.file):
        start = os.path.dirname(os.path.abspath(home.file))
        file = os.path.abspath(location.file)
        inside = os.path.commonpath([start, file]) == start
        return shown(f"{os.path.relpath(file, start) if inside else os.path.basename(file)}:{location.line}")
    return str(location)
