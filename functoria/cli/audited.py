"""Auditing the bounds of configurations against repositories of opam packages, and how what is found is said."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import click

from functoria.bounds import Bounds
from functoria.cli.config import default, load
from functoria.cli.output import say, say_data
from functoria.errors import ConfigError, FunctoriaError, InvalidOpamFile
from functoria.graph.context import Context
from functoria.opam.audit import Result, audit, default_environment, solved, to_json
from functoria.opam.cache import cache_directory
from functoria.opam.cases import Case, cases
from functoria.opam.limits import LIMITS, Limits
from functoria.opam.reach import Reach, reach, reach_to_json
from functoria.opam.repository import Repository
from functoria.opam.tool import version as opam_version
from functoria.opam.tree import release as accepted
from functoria.progress import steps, working
from functoria.project.configuration import kept_release
from functoria.version import Version

_MOST = 4
_NOT_ALL = 3
"""The exit status if nothing breaks, but part of a repository was not read."""


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
    cache: Path | None,
    limits: tuple[str, ...],
    as_json: bool,
    verbose: int,
) -> None:
    """Audit, and print what was found. Raises click's Exit with a status other than 0: see the command."""
    if not repositories and not releases:
        raise click.UsageError("audit needs a repository: name one with -r PLACE, or ask for a --release alone")
    release, set_ = _release(releases, strict), _pairs(choices, "--set")
    files, targets = dict.fromkeys(configurations or (Path(default()),)), tuple(dict.fromkeys(targets))
    cases = (case for file in files for case in _cases(file, key, targets, set_))
    found = list(steps(cases, "planning"))
    changes, range_ = _pairs(variables, "--var"), _range(ocaml)
    most = _limits(limits)
    with _usage("--var: "):
        environment = default_environment(changes)
    document: dict[str, Any] = {}
    lines: list[str] = []
    results: Sequence[Result] = ()
    unreadable: Sequence[InvalidOpamFile] = ()
    reaches: Sequence[Reach] = ()
    if release is not None:
        reaches = reach(found, *release)
        document["release"] = {"package": release[0], "version": str(release[1]), "cases": reach_to_json(reaches)}
        lines += _reached(".".join(map(str, release)), reaches)
    if repositories:
        with working(f"reading {', '.join(map(str, repositories))}"):
            repository = Repository.read(
                *repositories, cache=cache_directory() if cache is None else cache, limits=most
            )
        results = audit(steps(found, "comparing", len(found)), repository, environment=environment, ocaml=range_)
        asked = not no_solver and opam_version() is not None
        if asked:
            with working("asking opam"):
                results = solved(results, repository, changes=changes, ocaml=range_)
        unreadable = repository.unreadable
        document.update(to_json(results, repository))
        lines += _text(results, repository, verbose)
        if not asked:
            lines.append(
                "opam was not asked whether all can be installed together" + ("" if no_solver else ": it is missing")
            )
    if as_json:
        say_data(document)
    for line in () if as_json else lines:
        say(line)
    if any(result.breaks for result in results) or (strict and any(found.refusals for found in reaches)):
        raise click.exceptions.Exit(1)
    if unreadable:
        raise click.exceptions.Exit(_NOT_ALL)


def _release(releases: Sequence[str], strict: bool) -> tuple[str, Version] | None:
    if len(releases) > 1:
        raise click.UsageError(f"--release is given {len(releases)} times ({', '.join(releases)}): give it once")
    if strict and not releases:
        raise click.UsageError("--strict says how a --release is to be taken: give one, or leave it out")
    if not releases:
        return None
    name, dot, version = releases[0].partition(".")
    if not dot:
        raise click.UsageError(f"--release: {name} has no version: write PACKAGE.VERSION, as tcpip.9.1.0")
    with _usage("--release: "):
        return name, accepted(name, version)


def _cases(file: Path, key: str | None, values: Sequence[str], more: dict[str, str]) -> Iterator[Case]:
    if file.is_dir() or not os.access(file, os.R_OK):
        raise ConfigError(f"the configuration {file} cannot be read: name those to audit, each a file of Python")
    app = load(file, kept_release(file) if file.suffix == ".ml" else None)
    known = app.keys_by_name
    varied = key or "target"
    if (key or values) and varied not in known:
        raise click.UsageError(f"{file} has no key {varied}: it has {', '.join(known) or 'none'}")
    with _usage(f"{file}: "):
        chosen = dict(zip(Context.of(known, more, partial=True).given, more.values(), strict=True))
    if values and varied in chosen:
        raise click.UsageError(f"-t and --set both give {varied}: leave one out")
    if key and varied not in chosen:
        values = values or known[varied][0].converter.alternatives
        if not values:
            raise click.UsageError(f"{key} takes {known[key][0].converter.expected}: name values for it with -t")
    with _usage(f"{file}: "):
        for value in values:
            Context.of(known, {varied: value}, partial=True)
    yield from cases(str(file), app, varied, values, chosen)


@contextmanager
def _usage(where: str) -> Iterator[None]:
    try:
        yield
    except FunctoriaError as error:
        raise click.UsageError(where + error.message) from None


def _pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise click.UsageError(f"{option} expects NAME=VALUE, not {text!r}")
        if name in found:
            raise click.UsageError(f"{option} gives {name} 2 times ({found[name]}, {value}): give it once")
        found[name] = value
    return found


def _limits(texts: Iterable[str]) -> Limits:
    found = {}
    for name, number in _pairs(texts, "--limit").items():
        if name not in attrs.asdict(LIMITS) or not (number.isascii() and number.isdigit() and len(number) < 20):
            known = ", ".join(f"{each}={most}" for each, most in attrs.asdict(LIMITS).items())
            raise click.UsageError(f"--limit: {name}={number} is not one of {known}, or other numbers")
        found[name] = int(number)
    return attrs.evolve(LIMITS, **found)


def _range(text: str | None) -> Bounds | None:
    with _usage("--ocaml: "):
        return None if text is None else Bounds.of_specifiers(text)


def _reached(release: str, reaches: Sequence[Reach]) -> Iterator[str]:
    yield f"{release} would reach {sum(r.reached for r in reaches)} of {len(reaches)}:"
    for found in reaches:
        yield f"  {'yes' if found.reached else 'no '}  {found.case}: {found.why}"
        yield from (f"         {refusal}" for refusal in found.refusals)


def _text(results: Sequence[Result], repository: Repository, verbose: int) -> Iterable[str]:
    left = len(repository.unreadable)
    yield f"{len(repository.packages)} packages, {repository.size} releases" + (f", {left} not read" if left else "")
    for error in repository.unreadable:
        yield from f"not read: {error}".split("\n")
    told: set[Any] = set()
    for result in results:
        yield f"{result.case}: {_verdict(result)}"
        for reason in result.breaks:
            yield f"  breaks: {reason}"
        for finding in result.findings:
            if verbose or finding not in told:
                told.add(finding)
                yield f"  {finding.package}"
                yield from _details(finding)


def _verdict(result: Result) -> str:
    if result.case.refused is not None:
        return f"no plan: {result.case.refused}"
    if result.breaks:
        return "breaks"
    if result.solution is None:
        return "every package has a release"
    return "can be installed" if result.solution.state == "solved" else result.solution.reason


def _details(finding: Any) -> Iterable[str]:
    if finding.package.pin is not None:
        yield f"    taken from {finding.package.pin}"
        return
    yield f"    admits {_versions(finding.admitted)}"
    for what, versions in (
        ("shuts out", finding.shut_out),
        ("unavailable here", finding.unavailable),
        ("needs another OCaml", finding.other_ocaml),
    ):
        if versions:
            yield f"    {what}: {_versions(versions)}"


def _versions(versions: Sequence[str]) -> str:
    if not versions:
        return "no release"
    if len(versions) <= _MOST:
        return ", ".join(versions)
    return f"{versions[0]} … {', '.join(versions[-_MOST + 1 :])} ({len(versions)} releases)"
