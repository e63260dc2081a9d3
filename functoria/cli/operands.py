"""The operands of diff: targets, choices, configurations, and git revisions."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functoria.cli.planning import TARGET, Chosen, aside
from functoria.configuration_name import is_configuration
from functoria.errors import ConfigError, InvalidValue
from functoria.loading.configuration import load
from functoria.misspelling import beside, instead, meant
from functoria.project.revision import configurations, resolved, revisions, unpacked

if TYPE_CHECKING:
    from functoria.plan.app import App
    from functoria.plan.compare import Digest


def digest(chosen: Chosen, operand: str) -> Digest:
    """Plan `operand`: a configuration, choices KEY=VALUE, a target, or a git revision, `REV` or `REV:CONFIG`."""
    from functoria.plan.compare import Digest

    path = Path(operand)
    if is_configuration(path) and path.is_file():
        with aside():
            return Digest.of(_loaded(chosen, path).plan(dict(chosen.context)))
    choices = _choices(chosen, operand)
    if choices is not None:
        with aside():
            return Digest.of(chosen.plan(choices))
    with _revision(chosen, operand) as file, aside():
        return Digest.of(_loaded(chosen, file).plan(dict(chosen.context)))


def _loaded(chosen: Chosen, path: Path) -> App:
    return load(path, chosen.release if path.suffix == ".ml" else None)


def _choices(chosen: Chosen, operand: str) -> dict[str, str] | None:
    """Return the choices in `operand`; None if it has another form."""
    known = chosen.app.keys_by_name
    if operand in [value for key in known.get(TARGET, ()) for value in key.converter.spellings]:
        return {TARGET: operand}
    pairs = [each.partition("=") for each in operand.split(",")]
    if not all(sign for _, sign, _ in pairs):
        return None
    choices = {name.removeprefix("--"): value for name, _, value in pairs}
    for name, value in choices.items():
        _check(chosen, operand, name, value)
    return choices


def _check(chosen: Chosen, operand: str, name: str, value: str) -> None:
    """Raise UsageError for an unknown key or an invalid value, because both are typed on the command line."""
    known = chosen.app.keys_by_name
    variants = known.get(name) or next((each for key, each in known.items() if key.replace("-", "_") == name), None)
    if variants is None:
        raise click.UsageError(f"{operand}: there is no key {name} in this configuration: {instead(name, known)}")
    for key in variants:
        try:
            key.accept(value)
        except InvalidValue as error:
            raise click.UsageError(error.message) from None


@contextlib.contextmanager
def _revision(chosen: Chosen, operand: str) -> Iterator[Path]:
    """Load the configuration of a revision from a temporary directory with all its files."""
    name, _, inside = operand.partition(":")
    place = chosen.file.resolve().parent
    found = resolved(place, name)
    if found is None:
        first = re.split("[~^@]", name)[0]
        if first not in ("", name) and resolved(place, first) is not None:
            raise click.UsageError(f"{first} has no {name}: git log lists the revisions that there are")
        keys = chosen.app.keys_by_name.get(TARGET, ())
        names = [value for key in keys for value in key.converter.spellings]
        hint = meant(name, [*names, "HEAD", *revisions(place)])
        hint = hint or (beside(Path(operand)) if is_configuration(operand) else "")
        raise click.UsageError(
            f"{operand} is not a configuration, a target, a choice as KEY=VALUE, or a revision of git"
            + (f": {hint}" if hint else ": give one of these")
        )
    root, commit = found
    config = inside or os.path.relpath(chosen.file.resolve(), root)
    with unpacked(root, commit, name) as tree:
        if not (tree / config).is_file():
            there = [f"{name}:{path}" for path in configurations(root, commit)]
            hint = meant(f"{name}:{config}", there) or f"name the file as {name}:PATH"
            raise ConfigError(f"{config} is not in the revision {name}: {hint}", objects=[operand])
        yield tree / config
