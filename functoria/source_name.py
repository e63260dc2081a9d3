"""The names that values have in the user's code and in catalogues of devices, for messages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from functoria.location import is_library, is_of_user


def name_of(value: object) -> str | None:
    """Return the name of `value` in the user's code that led here, else in a catalogue; None if it has no name."""
    for names in (*_scopes(), *map(vars, _catalogues())):
        for name, held in list(names.items()):
            if held is value and not name.startswith("_"):
                return name
    return None


def such_as(wanted: Callable[[Any], bool]) -> tuple[str, ...]:
    """Return up to two names of values that are `wanted`, from the user's code first, then from the catalogue that it uses."""
    found = dict.fromkeys(name for names in _scopes() for name in _fitting(names, wanted))
    if not found:
        for module in _catalogues():
            offered = {name: getattr(module, name, None) for name in getattr(module, "__all__", ())}
            found.update(dict.fromkeys(_fitting(offered, wanted)))
    return tuple(sorted(found, key=lambda name: (not name.startswith("default_"), name)))[:2]


def offered(home: str, name: str) -> object:
    """Return the value that the catalogue with the module `home` offers as `name`; None without one."""
    catalogues = {module.__name__: module for module in _catalogues()}
    near = (catalogues.get(each) for each in (home, home.rpartition(".")[0]))
    return next((getattr(each, name, None) for each in near if name in getattr(each, "__all__", ())), None)


def _fitting(names: Mapping[str, Any], wanted: Callable[[Any], bool]) -> Iterator[str]:
    return (name for name, held in list(names.items()) if not name.startswith("_") and wanted(held))


def _scopes() -> Iterator[Mapping[str, Any]]:
    """Return the names in the user's frames above, innermost first."""
    frame = sys._getframe(1)
    above = frame.f_back
    while above is not None:
        if is_of_user(above):
            yield above.f_locals
            if above.f_locals is not above.f_globals:
                yield above.f_globals
        above = above.f_back


def _catalogues() -> list[ModuleType]:
    """Return the public modules of the catalogues in use, the configuration's first."""
    there = {
        name: module
        for name, module in list(sys.modules.items())
        if name.count(".") < 2
        and (package := name.partition(".")[0]) not in ("functoria", "attr")
        and is_library(package)
        and isinstance(module, ModuleType)  # None prevents an import
    }
    found = [module for _, module in sorted(there.items())]
    used = {str(getattr(value, "__module__", "")) for names in _scopes() for value in list(names.values())}
    return sorted(
        found,
        key=lambda module: -max((len(module.__name__) for one in used if one.startswith(module.__name__)), default=0),
    )
