"""Configuration files: Python files that register an application."""

from __future__ import annotations

import traceback
import types
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

from functoria.cli.modules import configuring, imported
from functoria.errors import ConfigError, FunctoriaError
from functoria.location import Location

if TYPE_CHECKING:
    from functoria.plan.app import App


def load(path: Path) -> App:
    """The application that the file at `path` registers, whatever the name it is bound to.

    Modules beside the file can be imported by it, other configurations among them; an application of theirs counts where it
    has none of its own. Raises ConfigError for a file that is missing, fails, or binds no application or several; a
    FunctoriaError of the file's own code passes through.
    """
    from functoria.plan.app import App

    module = _run(path)
    bound = {id(value): (name, value) for name, value in vars(module).items() if isinstance(value, App)}
    others = {id(value) for each in imported() for value in vars(each).values()}
    apps = {key: found for key, found in bound.items() if key not in others} or bound
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
    name = str(path.absolute())
    with configuring(path) as module:
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
    return module


def _raised(error: BaseException, file: str) -> Location | None:
    """The last line of `file` on the way to `error`."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((Location(f.filename, f.lineno or 1) for f in reversed(frames) if f.filename == file), None)
