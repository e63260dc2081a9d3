"""Configuration files: Python files that register an application."""

from __future__ import annotations

import errno
import stat
import types
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

from functoria import garbage
from functoria.configuration_name import SUFFIXES
from functoria.errors import ConfigError, FunctoriaError
from functoria.loading.descriptors import aside
from functoria.loading.modules import configuring, imported
from functoria.log import debug

if TYPE_CHECKING:
    from functoria.plan.app import App


def default() -> str:
    """Return the default configuration: config.py, or config.ml if only that exists."""
    return "config.ml" if not Path("config.py").exists() and Path("config.ml").exists() else "config.py"


def load(path: Path, release: str | None = None, *, remedy: str | None = None) -> App:
    """Load the application that the file at `path` registers, whatever its name there.

    The file can import modules beside it, including other configurations, whose application counts if it registers none
    itself. Raises ConfigError if the file is missing, fails, or does not bind exactly one application; any FunctoriaError of
    its code passes through. A config.ml is read for `release`, if that is given. `remedy` says how to name another
    file, where this one cannot be read.
    """
    if path.suffix == ".ml":
        from functoria.ocaml.load import loads, source_of

        return loads(source_of(path, remedy, SUFFIXES), str(path.absolute()), release=release)
    if release is not None:
        raise ConfigError(
            f"{path} is for the release that it imports: --release only applies to a config.ml", objects=[path]
        )
    from functoria.plan.app import App

    garbage.settle()
    module = _run(path, remedy)
    apps = {id(value): (name, value) for name, value in vars(module).items() if isinstance(value, App)}
    if len(apps) > 1:
        others = {id(value) for each in imported() for value in vars(each).values()}
        apps = {key: found for key, found in apps.items() if key not in others} or apps
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


def _compiled(source: bytes, name: str) -> types.CodeType:
    """Compile the `source` of a configuration. Raises SyntaxError, also for text that Python cannot decode."""
    try:
        return compile(source, name, "exec")
    except ValueError as error:  # a zero byte in Python 3.11, or a byte that the encoding does not have
        raise SyntaxError(str(error)) from error


def _run(path: Path, remedy: str | None) -> types.ModuleType:
    try:
        if stat.S_IFMT(path.stat().st_mode) not in (
            stat.S_IFREG,
            stat.S_IFDIR,
        ):  # reading a pipe or a device may never end
            raise OSError(errno.EINVAL, "it is not a file")
        source = path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a zero byte raises ValueError
        from functoria.misspelling import unreadable

        raise ConfigError(unreadable(path, error, remedy), objects=[path]) from error
    name = str(path.absolute())
    debug("cli", "%s is run", name)
    with configuring(path) as module:
        try:
            # It may change directory, and print: standard output is for the command's own results.
            with chdir("."), aside():
                exec(_compiled(source, name), vars(module))
        except FunctoriaError:
            raise
        except SyntaxError as error:
            from functoria.loading.syntax import invalid

            raise invalid(error, path, source, name) from error
        except (Exception, SystemExit) as error:
            from functoria.loading.frames import frames, led, missing, of_python, text_of

            raise ConfigError(
                f"{path} failed: {of_python(error)}",
                objects=[path, *missing(error)],
                locations=[place.location for place in frames(error)],
                more=[*(f"| {line}" for line in text_of(error).splitlines()[1:]), *led(error)],
            ) from error
    return module
