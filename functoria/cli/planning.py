"""Commands that plan a configuration, with an option for each of its keys."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import attr
import click

from functoria.cli.options import RESERVED, Command, context_of, key_options
from functoria.cli.standard import BY_OPTION
from functoria.configuration_name import is_configuration
from functoria.errors import FunctoriaError, FunctoriaWarning
from functoria.loading.configuration import default, load
from functoria.loading.descriptors import aside as aside
from functoria.plan.app import App
from functoria.plan.plan import Plan

CHANGED = 2
"""The exit status with --exit-code if something changes or differs."""
TARGET = "target"
"""The key that may have several values in one command."""


class Chosen(NamedTuple):
    """A configuration, and the values given on the command line."""

    app: App
    file: Path
    context: Mapping[str, Any]
    targets: tuple[str, ...] = ()
    """The targets, if the command takes several."""
    release: str | None = None
    """The release given for a config.ml, if any."""

    def plan(self, more: Mapping[str, Any] | None = None, *, partial: bool = False) -> Plan:
        """Plan with these values and `more`. What the configuration prints goes to standard error."""
        with aside():
            return self.app.plan({**self.context, **(more or {})}, partial=partial)


def application(context: click.Context) -> App | None:
    """Return the application whose keys are options of the command, for completion; None if it cannot be loaded."""
    return getattr(context.command, "app", None)


def file_of(arguments: Sequence[str]) -> Path:
    """Return the value of `-f`, which is read first because all other options depend on the configuration."""
    for number, argument in enumerate(arguments):
        if argument in ("-f", "--file"):
            following = arguments[number + 1 : number + 2]
            return Path(*following or [default()]) if RESERVED.isdisjoint(following) else Path(default())
        if argument.startswith("--file="):
            return Path(argument.removeprefix("--file="))
        if argument.startswith("-f") and len(argument) > 2:
            return Path(argument[2:])
    return Path(default())


def file_among(arguments: Sequence[str]) -> Path | None:
    """Return the first of `arguments` that is a configuration; None without one."""
    return next((Path(word) for word in arguments if is_configuration(word) and os.path.isfile(word)), None)


def release_of(arguments: Sequence[str]) -> str | None:
    """Return the value of `--release`, which is also read first."""
    for number, argument in enumerate(arguments):
        if argument == "--release":
            return next(iter(arguments[number + 1 : number + 2]), None)
        if argument.startswith("--release="):
            return argument.removeprefix("--release=")
    return None


def planning(
    arguments: Sequence[str],
    name: str,
    help: str,
    own: list[click.Parameter],
    act: Callable[..., None],
    *,
    several: bool = False,
    instead: Path | None = None,
    anew: bool = False,
) -> click.Command:
    """Make a command over a configuration, which calls `act`; with `several` it accepts several targets.

    `instead` is the configuration to use if none is given and the default one does not exist. Unless `anew` or a
    release is given, a config.ml is read for the release that its directory was configured for.
    """
    file, wanted = file_of(arguments), not {"-h", "--help"}.isdisjoint(arguments)
    said = file
    if instead is not None and not file.exists():
        file = instead
    if wanted and not file.exists():
        return _lenient(Command(name, params=own, help=help))
    named = file_among(arguments)
    if named is not None and not file.exists() and file == Path(default()) and not _takes_words(own):
        raise click.UsageError(f"{name} takes no argument {named}: the configuration is named by -f {named}")
    try:
        release = release_of(arguments)
        if release is None and not anew:
            release = _kept(file)
        app = load(file, release, remedy=BY_OPTION)
        options = key_options(app, own, several=TARGET if several else None)
    except FunctoriaError as error:
        if not wanted:
            raise
        from functoria.cli.diagnostics import places

        left = f"the options of {file} are not listed: {error.message}"
        where = [place.location for place in places(error)]
        warnings.warn(FunctoriaWarning(left, objects=error.objects, locations=where), stacklevel=2)
        return _lenient(Command(name, params=own, help=help))
    if wanted:
        options = _of_target(app, arguments, own, options)

    def callback(output: str | None = None, **values: Any) -> None:
        if Path(values["file"]) != said:
            raise click.UsageError(f"-f names {file} and {values['file']}: give it once, by itself")
        chosen = app if output is None else attr.evolve(app, root=attr.evolve(app.root, output=output))
        own_values = {key: value for key, value in values.items() if not key.startswith("key_") and key not in _FIRST}
        context = context_of(app, values)
        targets = context.pop(TARGET, ()) if several else ()
        act(Chosen(chosen, file, context, targets, release), **own_values)

    late = [key for key in app.keys if not key.configurable]
    command = Command(name, late, params=[*own, *options], callback=callback, help=help)
    command.app = app
    return command


_FIRST = ("file", "release")
"""The options that are read first."""


def _kept(file: Path) -> str | None:
    if file.suffix != ".ml":
        return None
    from functoria.project.configuration import kept_release

    return kept_release(file)


def _lenient(command: Command) -> Command:
    """Make `command`, which will only show its help, accept unknown options."""
    command.context_settings.update(ignore_unknown_options=True, allow_extra_args=True)
    return command


def _takes_words(own: Sequence[click.Parameter]) -> bool:
    return any(isinstance(parameter, click.Argument) for parameter in own)


def _of_target(
    app: App, arguments: Sequence[str], own: Sequence[click.Parameter], options: list[click.Parameter]
) -> list[click.Parameter]:
    """Return the `options` available for the target in `arguments`, with their defaults; all if none is given."""
    value = next(_targets(app, arguments), None)
    if value is None:
        return options
    try:
        with aside(), warnings.catch_warnings(action="ignore"):
            keys = app.plan({TARGET: value}, partial=True).keys
    except FunctoriaError:
        return options  # reported when options are parsed, or when configuring
    return key_options(app, own, among=keys)


def _targets(app: App, arguments: Sequence[str]) -> Iterator[str]:
    """Return the targets in `arguments`, as far as they can be recognised before parsing."""
    names = {option for key in app.keys_by_name.get(TARGET, ()) for option in key.options}
    for number, word in enumerate(arguments):
        option, sign, value = word.partition("=")
        if option in names and (sign or number + 1 < len(arguments)):
            yield value if sign else arguments[number + 1]
        elif word[:2] in names and not word.startswith("--") and len(word) > 2:
            yield word[2:]
