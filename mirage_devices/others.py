"""Devices and targets of other distributions, by their entry points.

A distribution lists its devices and targets in the groups `mirage_devices.v3.devices`, `mirage_devices.v4.devices`,
`mirage_devices.v3.targets` and `mirage_devices.v4.targets`, by the names that configurations use. Looking for them takes
longer than planning, so it is only done for a name that a release does not have itself, or for all names.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from functoria.errors import ConfigError, FunctoriaWarning

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


@cache
def named(group: str) -> Mapping[str, EntryPoint]:
    """Return the entry points of `group` by name, sorted; looked for once. Two of one name are left out, and warned of."""
    from importlib.metadata import entry_points

    found: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=group):
        entries = found.setdefault(entry.name, [])
        if entry.value not in [other.value for other in entries]:
            entries.append(entry)
    for name, entries in found.items():
        if len(entries) > 1:
            both = " and ".join(sorted(_of(entry) for entry in entries))
            warnings.warn(FunctoriaWarning(f"{name} is in {group} of {both}: uninstall one of them"), stacklevel=2)
    return {name: entries[0] for name, entries in sorted(found.items()) if len(entries) == 1}


def load(entry: EntryPoint) -> Any:
    """Import what `entry` names. Raises ConfigError if that fails, with the distribution that it is of."""
    try:
        return entry.load()
    except Exception as error:
        raise ConfigError(
            f"{told(entry)} cannot be imported: {type(error).__name__}: {error}: reinstall that, or remove it",
            objects=[entry],
        ) from error


def told(entry: EntryPoint) -> str:
    """Name an entry point in a message, with its distribution."""
    return f"{entry.name} of {_of(entry)}"


def _of(entry: EntryPoint) -> str:
    return f"the distribution {entry.dist.name}" if entry.dist is not None else entry.value


def device(package: str, group: str, name: str) -> Any:
    """Return the object that a distribution offers as `name` in `group`, for a `package` without such a name.

    Raises AttributeError if there is none, and ConfigError if it cannot be imported.
    """
    # Before Python imports a module of a package, it asks the package for it.
    if not name.startswith("_") and not _is_module(package, name) and name in named(group):
        return load(named(group)[name])
    raise AttributeError(f"module {package} has no attribute {name}")


def _is_module(package: str, name: str) -> bool:
    path = sys.modules[package].__path__
    return any(finder.find_spec(f"{package}.{name}", path) is not None for finder in sys.meta_path)
