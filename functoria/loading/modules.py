"""The modules of configurations, and of files beside them that they import."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from functoria.location import is_library
from functoria.module_files import names_in

_APART = "configuration:"
"""The prefix for names of modules that would otherwise clash."""
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
"""Python's modules, except for two whose import has effects, and those of libraries that functoria needs."""


class _Loaded(NamedTuple):
    """The changes that the last loaded configuration made to Python's import system."""

    entries: tuple[str, ...]
    """The directories that were added for its imports, its own first."""
    before: frozenset[str]
    """The names of modules imported before."""
    module: ModuleType
    """The configuration's module."""

    def own(self) -> Iterator[tuple[str, ModuleType]]:
        """Return its module and those imported from its directories, including later ones."""
        places = set(self.entries)
        # There are many modules: those from before are sorted out at once, and nothing else is asked of them.
        new = [
            (name, each) for name, each in list(sys.modules.items()) if name not in self.before or each is self.module
        ]
        for name, module in new:
            top = name.partition(".")[0]
            if module is self.module or (top not in self.before and not places.isdisjoint(_places(top))):
                yield name, module


_LOADED: list[_Loaded] = []


@contextmanager
def configuring(path: Path) -> Iterator[ModuleType]:
    """Yield a module in which to run the file at `path`, which can import files beside it, or beside the link if it is one.

    The module has the file's name, within its package if it is in one. A file beside it with the name of a module of Python is
    not imported under that name. Modules of the previous configuration are forgotten, because both may have a `devices.py`.
    """
    forget()
    path = path.absolute()
    root, name = _named(path)
    _settle(path.parent)
    before = frozenset(sys.modules)
    taken = name in sys.modules or name in sys.stdlib_module_names or is_library(name)
    module = _empty(f"{_APART}{name}" if taken else name, str(path))
    old, ours = list(sys.path), dict.fromkeys([str(path.parent), str(root)])
    sys.path[:0] = ours  # they stay, for imports during planning
    sys.modules[module.__name__] = module
    _look_again(ours, old)
    try:
        yield module
    finally:
        entries = dict.fromkeys([*ours, *(entry for entry in sys.path if entry not in old)])
        _LOADED.append(_Loaded(tuple(entries), before, module))


def _empty(name: str, path: str) -> ModuleType:
    """Return the module `name` of the file at `path`, before its code runs. importlib.util would be imported for this alone."""
    module, loader = ModuleType(name), SourceFileLoader(name, path)
    spec = ModuleSpec(name, loader, origin=path)
    spec.has_location = True
    module.__spec__, module.__loader__, module.__package__, module.__file__ = spec, loader, spec.parent, path
    return module


def imported() -> list[ModuleType]:
    """Return the modules that the last loaded configuration has imported from beside it."""
    return [module for loaded in _LOADED for _, module in loaded.own() if module is not loaded.module]


def _named(path: Path) -> tuple[Path, str]:
    """Return the directory for `sys.path`, and the full name of the file's module, including packages."""
    root = above_packages(path.parent)
    parts = [*path.parent.relative_to(root).parts, path.stem]
    package = sys.modules.get(parts[0])
    if len(parts) == 1 or (package is not None and str(root) not in _places(parts[0])):
        return path.parent, path.stem
    return root, ".".join(parts)


def above_packages(directory: Path) -> Path:
    """Return the directory that holds the package that `directory` is in; itself if it is not in one."""
    while (directory / "__init__.py").is_file() and directory.name.isidentifier():
        directory = directory.parent
    return directory


def _settle(directory: Path) -> None:
    """Import modules of Python and of libraries whose names files in `directory` have.

    Otherwise such a file might be imported instead when a library needs the module later.
    """
    try:
        files = os.listdir(directory)
    except PermissionError:  # its files can be read, but not listed
        return
    for name in sorted(_OTHERS.intersection(file.removesuffix(".py") for file in files) - sys.modules.keys()):
        with suppress(ImportError):  # part of an extra, or not available on this machine
            import_module(name)


def _look_again(ours: Iterable[str], old: Iterable[str]) -> None:
    """Make Python find modules written just now, in the directories `ours` and in those of `sys.path` that are not `old`.

    `importlib.invalidate_caches` would also list some thirty directories of Python and its libraries again. That takes 1 ms, and
    more from Python 3.12 on, where it imports `importlib.metadata`.
    """
    within, beside = (tuple(each + os.sep for each in directories) for directories in (ours, old))
    for place, finder in list(sys.path_importer_cache.items()):
        inside = place + os.sep
        if inside.startswith(within) or not inside.startswith(beside):
            getattr(finder, "invalidate_caches", bool)()


def _places(name: str) -> list[str]:
    """Return the directories of the top-level module `name`; empty if it is not from a file."""
    names = names_in(sys.modules.get(name))
    file, within = names.get("__file__"), names.get("__path__")
    inside = (
        [str(Path(place).parent) for place in within if isinstance(place, str)] if isinstance(within, Iterable) else []
    )
    return inside or ([str(Path(file).parent)] if isinstance(file, str) else [])


def forget() -> None:
    """Forget the last loaded configuration: its modules, and the directories that were added for its imports."""
    while _LOADED:
        loaded = _LOADED.pop()
        for name, _ in list(loaded.own()):
            del sys.modules[name]
        for entry in loaded.entries:
            with suppress(ValueError):  # may have been removed by the configuration or its loader
                sys.path.remove(entry)
