"""Auditing the bounds of configurations against repositories of opam packages."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import click

from functoria.cli.output import NOT_ALL, say
from functoria.cli.report import Document, Lines, Text
from functoria.cli.repositories import kept, limits_of, pairs, range_of, read, release_of, usage
from functoria.errors import ConfigError, FunctoriaWarning
from functoria.graph.context import Context
from functoria.loading.configuration import default, load
from functoria.misspelling import beside, meant
from functoria.opam.audit import Result, audit, default_environment, solving
from functoria.opam.cases import Case, cases
from functoria.opam.reach import Reach, reach
from functoria.opam.shelf import Shelf
from functoria.opam.tool import version as opam_version
from functoria.progress import steps
from functoria.project.configuration import kept_release
from functoria.version import Version


def run(
    configurations: tuple[Path, ...],
    repositories: tuple[Path, ...],
    targets: tuple[str, ...],
    key: str | None,
    choices: tuple[str, ...],
    releases: tuple[str, ...],
    strict: bool,
    ocaml: str | None,
    variables: tuple[str, ...],
    no_solver: bool,
    jobs: int | None,
    cache: Path | None,
    clear_cache: bool,
    limits: tuple[str, ...],
    as_json: bool,
    json_lines: bool,
    verbose: int,
) -> None:
    """Audit, printing findings as they come. Raises click's Exit for a status other than 0; see the command."""
    place = kept(cache)
    if clear_cache:
        _clear(place)
        if not repositories and not releases:
            return
    if not repositories and not releases:
        raise click.UsageError("audit needs a repository: name one with -r PLACE, or ask for a --release alone")
    release, set_ = _release(releases, strict), pairs(choices, "--set")
    files, targets = dict.fromkeys(configurations or (Path(default()),)), tuple(dict.fromkeys(targets))
    cases = (case for file in files for case in _cases(file, key, targets, set_))
    found = list(steps(cases, "planning"))
    changes, range_ = pairs(variables, "--var"), range_of(ocaml)
    most = limits_of(limits)
    with usage("--var: "):
        environment = default_environment(changes)
    report = Lines() if json_lines else Document() if as_json else Text(verbose > 0)
    reaches: Sequence[Reach] = ()
    if release is not None:
        _warn_of_name(release[0], found)
        reaches = reach(found, *release)
        report.release(*release, reaches)
    breaks = strict and any(found.refusals for found in reaches)
    whole = True
    if repositories:
        repository = read(repositories, place, most)
        whole = not repository.unreadable
        report.repository(repository)
        results = audit(steps(found, "comparing", len(found)), repository, environment=environment, ocaml=range_)
        asked = not no_solver and opam_version() is not None
        with ExitStack() as opam:
            told: Iterable[Result] = results
            if asked:
                answers = solving(results, repository, changes=changes, ocaml=range_, cache=place, jobs=jobs)
                told = steps(opam.enter_context(closing(answers)), "asking opam", len(results))
            for result in told:
                report.result(result)
                breaks = breaks or bool(result.breaks)
        if not asked:
            report.remark(
                "opam was not asked whether all can be installed together" + ("" if no_solver else ": it is missing")
            )
    report.end()
    if breaks:
        raise click.exceptions.Exit(1)
    if not whole:
        raise click.exceptions.Exit(NOT_ALL)


def _warn_of_name(package: str, found: Sequence[Case]) -> None:
    """Warn that no case requires `package`, which is likely misspelt if other names are similar."""
    names = {each.name for case in found for each in case.packages}
    hint = meant(package, sorted(names))
    if package not in names and hint:
        warnings.warn(FunctoriaWarning(f"no case asks for {package}: {hint}"), stacklevel=2)


def _clear(place: Path | None) -> None:
    try:
        names = Shelf(place).clear()
    except OSError as error:
        wrong = error.strerror or "others could have written there, so that it is not used either"
        raise ConfigError(f"what audits keep in {place} cannot be removed: {wrong}") from None
    for name in names:
        say(f"removed {name}")


def _release(releases: Sequence[str], strict: bool) -> tuple[str, Version] | None:
    if len(releases) > 1:
        raise click.UsageError(f"--release is given {len(releases)} times ({', '.join(releases)}): give it once")
    if strict and not releases:
        raise click.UsageError("--strict only applies to --release: give one, or leave it out")
    if not releases:
        return None
    return release_of(releases[0])


def _cases(file: Path, key: str | None, values: Sequence[str], more: dict[str, str]) -> Iterator[Case]:
    if file.is_dir() or not os.access(file, os.R_OK):
        others = "" if file.exists() else beside(file)
        raise ConfigError(
            f"the configuration {file} cannot be read: name those to audit, each a file of Python{others and '; '}{others}"
        )
    app = load(file, kept_release(file) if file.suffix == ".ml" else None)
    known = app.keys_by_name
    varied = key or "target"
    if (key or values) and varied not in known:
        raise click.UsageError(f"{file} has no key {varied}: it has {', '.join(known) or 'none'}")
    with usage(f"{file}: "):
        chosen = dict(zip(Context.of(known, more, partial=True).given, more.values(), strict=True))
    if values and varied in chosen:
        raise click.UsageError(f"-t and --set both give {varied}: leave one out")
    if key and varied not in chosen:
        values = values or known[varied][0].converter.alternatives
        if not values:
            raise click.UsageError(f"{key} takes {known[key][0].converter.on_command_line}: name values for it with -t")
    with usage(f"{file}: "):
        for value in values:
            Context.of(known, {varied: value}, partial=True)
    yield from cases(str(file), app, varied, values, chosen)
