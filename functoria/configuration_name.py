"""The names of configuration files."""

from __future__ import annotations

import os
from pathlib import PurePath

SUFFIXES = (".py", ".ml")
"""Their suffixes. The rest of a name is up to the user."""


def is_configuration(path: os.PathLike[str] | str) -> bool:
    """Return whether the file at `path` is named like a configuration."""
    return PurePath(path).suffix in SUFFIXES
