"""The module that a configuration is, and those beside it that it imports."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from functoria.location import is_library

_APART = "configuration:"
"""What the names of modules begin with that would else be those of others."""
_OTHERS = {
    *sys.stdlib_module_names,
    "attr",
    "attrs",
    "click",
    "lark",
    "networkx",
    "packaging",
    "platformdirs",
    "rich",
} - {
    "antigravity",
    "this",
}
"""The modules of Python, but for two that do something when they are imported, and those of libraries that this one needs."""


class _Loaded(NamedTuple):
    """What the configuration that was loaded last has changed of Python's modules."""

    entries: tuple[str, ...]
    """The directories that its imports are looked for in beside those that were there before, its own first."""
    before: frozenset[str]
    """The names of the modules that were there before."""
    module: ModuleType
    """Its own."""

    def own(self) -> Iterator[tuple[str, ModuleType]]:
        """Its module and those that were imported from its directories, also since it was loaded."""
        places = set(self.entries)
        for name, module in list(sys.modules.items()):
            top = name.partition(".")[0]
            if module is self.module or (top not in self.before and not places.isdisjoint(_places(top))):
                yield name, module


_LOADED: list[_Loaded] = []


@contextmanager
def configuring(path: Path) -> Iterator[ModuleType]:
    """A module for the file at `path`, to run that in, which can import what lies beside it. One that is linked is where it lies.

    It is called as its file; as one of its package where it lies in one. What has the name of a module of Python's beside it is
    not imported by that name: Python's is. The modules of the configuration that was loaded before are forgotten, for both may
    have a `devices.py` beside them.
    """
    _forget()
    path = path.absolute()
    root, name = _named(path)
    _settle(path.parent)
    before = frozenset(sys.modules)
    taken = name in sys.modules or name in sys.stdlib_module_names or is_library(name)
    spec = spec_from_file_location(
        name := f"{_APART}{name}" if taken else name, path, loader=SourceFileLoader(name, str(path))
    )
    assert spec is not None
    module = module_from_spec(spec)
    old, ours = list(sys.path), dict.fromkeys([str(path.parent), str(root)])
    sys.path[:0] = ours  # they stay, for what it imports when it is planned
    sys.modules[name] = module
    _look_again(ours, old)
    try:
        yield module
    finally:
        entries = dict.fromkeys([*ours, *(entry for entry in sys.path if entry not in old)])
        _LOADED.append(_Loaded(tuple(entries), before, module))


def imported() -> list[ModuleType]:
    """The modules beside the configuration that was loaded last which it has imported."""
    return [module for loaded in _LOADED for _, module in loaded.own() if module is not loaded.module]


def _named(path: Path) -> tuple[Path, str]:
    """The directory where Python finds the module of the file, and the module's name: with those of the packages it lies in."""
    root, parts = path.parent, [path.stem]
    while (root / "__init__.py").is_file() and root.name.isidentifier():
        root, parts = root.parent, [root.name, *parts]
    package = sys.modules.get(parts[0])
    if len(parts) == 1 or (package is not None and str(root) not in _places(parts[0])):
        return path.parent, path.stem
    return root, ".".join(parts)


def _settle(directory: Path) -> None:
    """Import modules of Python's and of libraries that this one needs, where a file in `directory` would be taken for them.

    They are at times imported later, from anywhere in these libraries.
    """
    try:
        files = os.listdir(directory)
    except PermissionError:  # its files can be read, but not found
        return
    for name in sorted(_OTHERS.intersection(file.removesuffix(".py") for file in files) - sys.modules.keys()):
        with suppress(ImportError):  # what an extra brings, or what this machine has not
            import_module(name)


def _look_again(ours: Iterable[str], old: Iterable[str]) -> None:
    """Have modules found that were written just now: in the directories `ours`, and in all but the `old` ones of `sys.path`.

    `importlib.invalidate_caches` would have the directories of Python and its libraries looked through again too: some thirty,
    which takes 1 ms, and more from Python 3.12 on, where it imports `importlib.metadata`.
    """
    for place, finder in list(sys.path_importer_cache.items()):
        if _is_below(place, ours) or not _is_below(place, old):
            getattr(finder, "invalidate_caches", bool)()


def _is_below(place: str, directories: Iterable[str]) -> bool:
    return any(place == each or place.startswith(each + os.sep) for each in directories)


def _places(name: str) -> list[str]:
    """The directories in which the top-level module `name` lies; none for what is not a file."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    inside = [str(Path(place).parent) for place in getattr(module, "__path__", ())]
    return inside or ([] if file is None else [str(Path(file).parent)])


def _forget() -> None:
    while _LOADED:
        loaded = _LOADED.pop()
        for name, _ in list(loaded.own()):
            del sys.modules[name]
        for entry in loaded.entries:
            with suppress(ValueError):  # the configuration, or whoever loads it, may have taken it out
                sys.path.remove(entry)
