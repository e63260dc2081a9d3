"""Configuration files: Python files that register an application."""

from __future__ import annotations

import sys
import traceback
import types
from contextlib import chdir
from importlib import invalidate_caches
from pathlib import Path
from typing import TYPE_CHECKING

from functoria.errors import ConfigError, FunctoriaError
from functoria.location import Location, is_library

if TYPE_CHECKING:
    from functoria.plan.app import App


def load(path: Path) -> App:
    """The application that the file at `path` registers, whatever the name it is bound to.

    Modules beside the file can be imported by it. Raises ConfigError for a file that is missing, fails, or binds no
    application or several; a FunctoriaError of the file's own code passes through.
    """
    from functoria.plan.app import App

    module = _run(path)
    apps = {id(value): (name, value) for name, value in vars(module).items() if isinstance(value, App)}
    if not apps:
        raise ConfigError(
            f'{path} registers no application: bind one to a name, as in app = register("hello", [main @ default_time])',
            objects=[path],
        )
    if len(apps) > 1:
        names = ", ".join(name for name, _ in apps.values())
        raise ConfigError(
            f"{path} registers {len(apps)} applications ({names}): keep one, or give each a file of its own",
            objects=[path],
            locations=[app.location for _, app in apps.values()],
        )
    ((_, app),) = apps.values()
    return app


def _run(path: Path) -> types.ModuleType:
    try:
        source = path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a zero byte is a ValueError
        said = error.strerror if isinstance(error, OSError) else error
        why = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {said}"
        raise ConfigError(f"the configuration {path} {why}: name one with -f FILE", objects=[path]) from error
    _forget()
    # A link is where it lies, not where it leads: its imports and the unikernel's sources are in one directory.
    absolute = path.absolute()
    name, directory = str(absolute), str(absolute.parent)
    module = types.ModuleType(_module_name(path.stem))
    module.__file__ = name
    before = set(sys.modules)
    sys.path.insert(0, directory)
    sys.modules[module.__name__] = module
    invalidate_caches()  # what lies beside it may have been written just now
    try:
        with chdir("."):  # whatever it changes to
            exec(compile(source, name, "exec"), vars(module))
    except FunctoriaError:
        raise
    except SyntaxError as error:
        place = _raised(error, name) if error.filename is None else Location(error.filename, error.lineno or 1)
        if place is None:  # what Python does not tell of a zero byte
            place = Location(name, source.partition(b"\0")[0].count(b"\n") + 1)
        raise ConfigError(f"{path} is no Python: {error.msg}", objects=[path], locations=[place]) from error
    except (Exception, SystemExit) as error:
        said, *more = str(error).splitlines() or [""]
        raise ConfigError(
            f"{path} failed: {type(error).__name__}: {said}",
            objects=[path],
            locations=[_raised(error, name)],
            more=[f"| {line}" for line in more],
        ) from error
    finally:
        _LOADED.append((directory, set(sys.modules) - before))
    return module


_APART = "configuration:"
"""What the names of modules begin with that would else be those of others."""


def _module_name(stem: str) -> str:
    """The name of the module: the file's own, where no other module has it, such as one of Python's or of this library."""
    taken = stem in sys.modules or stem in sys.stdlib_module_names or is_library(stem)
    return f"{_APART}{stem}" if taken else stem


def _raised(error: BaseException, file: str) -> Location | None:
    """The last line of `file` on the way to `error`."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((Location(f.filename, f.lineno or 1) for f in reversed(frames) if f.filename == file), None)


_LOADED: list[tuple[str, set[str]]] = []
"""Where the configuration that was loaded last looks for modules, and what it imported."""


def _forget() -> None:
    """Let the next configuration have modules of its own: two may have a `devices.py` beside them."""
    while _LOADED:
        directory, names = _LOADED.pop()
        if directory in sys.path:
            sys.path.remove(directory)
        for name in names:
            file = getattr(sys.modules.get(name), "__file__", None)
            beside = Path(directory, *name.removeprefix(_APART).split("."))
            if file is not None and Path(file) in (beside.with_name(f"{beside.name}.py"), beside / "__init__.py"):
                del sys.modules[name]
