"""Modules under their old names, for configurations written before there was more than one release."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType
from typing import Any


def keep(package: str, homes: Iterable[str]) -> None:
    """Let the modules `homes` be imported from `package` too: `mirage_devices.time` is `mirage_devices.v3.devices.time`.

    They are not attributes of the package, where some of their names belong to devices and types.
    """
    for home in homes:
        old = f"{package}.{home.rpartition('.')[2]}"
        if old not in sys.modules:
            sys.modules[old] = _alias(old, home)


def _alias(old: str, home: str) -> ModuleType:
    """Return a module that imports `home` when one of its names is first asked for."""
    module = ModuleType(old, f"The module {home}, under its old name.")

    def __getattr__(name: str) -> Any:  # noqa: N807 # as a module's own
        if name.startswith("__"):
            raise AttributeError(f"module {old} has no attribute {name}")
        return getattr(import_module(home), name)

    module.__getattr__ = __getattr__  # type: ignore[method-assign]
    return module
