"""How files of configurations are called."""

from __future__ import annotations

import os

SUFFIXES = (".py", ".ml")
"""The ends of their names. What comes before is up to the user."""


def is_configuration(path: os.PathLike[str] | str) -> bool:
    """Return whether the file at `path` is called like a configuration."""
    return os.fspath(path).endswith(SUFFIXES)
