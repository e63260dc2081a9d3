"""Audits: which releases of an opam repository the bounds of configurations admit, and which they exclude."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from attr import evolve, frozen

from functoria.bounds import Bounds
from functoria.opam.cases import Case as Case
from functoria.opam.cases import cases as cases
from functoria.opam.formula import Environment
from functoria.opam.reach import Reach as Reach
from functoria.opam.reach import reach as reach
from functoria.opam.reach import reach_to_json as reach_to_json
from functoria.opam.repository import Release, Repository
from functoria.opam.solver import Question, Solution, solver
from functoria.opam.tool import version as opam_version
from functoria.opam.versions import Versions
from functoria.package import Package
from functoria.version import Version

OCAML = "ocaml"
"""The package whose versions are those of the compiler."""


@frozen
class Finding:
    """One package of one case, compared with the repository."""

    package: Package
    known: bool
    """Whether the repository has the package at all."""
    admitted: tuple[str, ...]
    """The releases inside the bounds, oldest first."""
    shut_out: tuple[str, ...]
    """The releases above the bounds."""
    unavailable: tuple[str, ...]
    """The admitted releases whose condition on the system does not hold."""
    other_ocaml: tuple[str, ...]
    """The admitted releases that no OCaml in the range can build."""

    @property
    def usable(self) -> tuple[str, ...]:
        """The admitted releases that can be installed."""
        without = {*self.unavailable, *self.other_ocaml}
        return tuple(version for version in self.admitted if version not in without)

    @property
    def breaks(self) -> str | None:
        """Why no release of the package can be installed; None if one can, or if it has a pin."""
        if self.package.pin is not None or self.usable:
            return None
        if not self.known:
            return "the repository does not have it"
        if not self.admitted:
            return "the repository has no release inside the bounds"
        if set(self.admitted) <= set(self.unavailable):
            return "no admitted release is available on this system"
        return "no admitted release can be built with an OCaml of the range"


@frozen
class Result:
    """A case, audited."""

    case: Case
    findings: tuple[Finding, ...]
    solution: Solution | None = None
    """opam's answer; None if opam was not asked."""

    @property
    def breaks(self) -> tuple[str, ...]:
        """The reasons why its packages cannot be installed; empty if they can."""
        found = [f"{finding.package}: {finding.breaks}" for finding in self.findings if finding.breaks]
        if self.case.broken:
            found.append(str(self.case.refused))
        if self.solution is not None and self.solution.state == "none":
            found.append(f"opam finds no solution: {self.solution.reason}")
        return tuple(found)


def audit(
    audited: Iterable[Case],
    repository: Repository,
    *,
    environment: Environment | None = None,
    ocaml: Bounds | None = None,
) -> list[Result]:
    """Compare the bounds of each case with `repository`.

    `environment` is the system to install on, by default this one. `ocaml` are bounds for the version of OCaml, in addition
    to those of the cases.
    """
    environment = environment or Environment.host()
    known: dict[tuple[Package, Package], Finding] = {}
    ranges: dict[Package, Versions] = {}
    results = []
    for case in audited:
        own = next((p for p in case.packages if p.name == OCAML), Package(OCAML))
        own = evolve(own, bounds=own.bounds & (ocaml or Bounds()))
        if own not in ranges:
            ranges[own] = _compilers(own, repository, environment)
        findings = []
        for package in case.packages:
            bounded = own if package.name == OCAML else package
            if (bounded, own) not in known:
                known[bounded, own] = _finding(bounded, repository, ranges[own], environment)
            findings.append(known[bounded, own])
        results.append(Result(case, tuple(findings)))
    return results


def _compilers(ocaml: Package, repository: Repository, environment: Environment) -> Versions:
    if ocaml.pin is not None:
        return Versions([Version(ocaml.pin_version)])
    return Versions(
        release.version
        for release in repository.releases(OCAML)
        if ocaml.bounds.allows(release.version) and release.is_available(environment)
    )


def _finding(package: Package, repository: Repository, compilers: Versions, environment: Environment) -> Finding:
    releases = repository.releases(package.name)
    admitted = [release for release in releases if package.bounds.allows(release.version)]
    return Finding(
        package,
        bool(releases),
        _texts(admitted),
        _texts(release for release in releases if package.max is not None and release.version >= package.max),
        _texts(release for release in admitted if not release.is_available(environment)),
        _texts(release for release in admitted if not _builds(release, compilers, environment)),
    )


def _texts(releases: Iterable[Release]) -> tuple[str, ...]:
    return tuple(release.version.text for release in releases)


def _builds(release: Release, compilers: Versions, environment: Environment) -> bool:
    if release.name == OCAML or OCAML not in release.depends.names:
        return True
    return release.admitting(OCAML, compilers, environment) != 0


def solved(
    results: Sequence[Result],
    repository: Repository,
    *,
    changes: Mapping[str, str] | None = None,
    ocaml: Bounds | None = None,
    seconds: int = 300,
    cache: Path | None = None,
    jobs: int | None = None,
) -> list[Result]:
    """Add opam's answers to `results`: whether the packages of each can be installed together from `repository`.

    Cases with the same choices are solved together if possible; those that break already are solved one by one. `changes` are
    opam's variables that differ from this machine's, `ocaml` bounds for the version of OCaml; `seconds`, `cache` and `jobs`
    are as for `functoria.opam.solver.solver`. Raises BuildError if opam is not installed or fails, and InvalidRepository if the
    repository no longer exists.
    """
    return list(solving(results, repository, changes=changes, ocaml=ocaml, seconds=seconds, cache=cache, jobs=jobs))


def solving(
    results: Sequence[Result],
    repository: Repository,
    *,
    changes: Mapping[str, str] | None = None,
    ocaml: Bounds | None = None,
    seconds: int = 300,
    cache: Path | None = None,
    jobs: int | None = None,
) -> Generator[Result, None, None]:
    """Yield what `solved` returns, in the same order, each result as soon as opam answered for it and for those before it."""
    extra = (Package(OCAML, (), ocaml),) if ocaml is not None else ()
    groups: dict[tuple[tuple[str, str], ...], dict[str, Question]] = {}
    for number, result in enumerate(results):
        if result.case.refused is None:
            question = Question.of((*result.case.packages, *extra), apart=bool(result.breaks))
            groups.setdefault(result.case.choices, {})[str(number)] = question
    names = {package.name for result in results for package in (*result.case.packages, *extra)}
    answers: dict[str, Solution] = {}
    given = 0
    with (
        solver(repository, changes, wanted=names, seconds=seconds, cache=cache, jobs=jobs) as asked,
        closing(asked.answers(groups.values())) as coming,
    ):
        for name, solution in coming:
            answers[name] = solution
            while given < len(results) and (results[given].case.refused is not None or str(given) in answers):
                yield evolve(results[given], solution=answers.get(str(given)))
                given += 1
    yield from results[given:]


def to_json(results: Sequence[Result], repository: Repository) -> dict[str, Any]:
    """Return an audit as plain data."""
    return {
        "repository": repository_to_json(repository),
        "breaks": any(result.breaks for result in results),
        "cases": [case_to_json(result) for result in results],
    }


def repository_to_json(repository: Repository) -> dict[str, Any]:
    """Return as plain data what was read of a repository."""
    return {
        "packages": len(repository.packages),
        "releases": repository.size,
        "unreadable": [str(error) for error in repository.unreadable],
    }


def case_to_json(result: Result) -> dict[str, Any]:
    """Return one case of an audit as plain data."""
    solution = result.solution
    return {
        **result.case.to_data(),
        "packages": [_package(finding) for finding in result.findings],
        "solution": None
        if solution is None
        else {"state": solution.state, "reason": solution.reason, "versions": dict(solution.versions)},
        "breaks": list(result.breaks),
    }


def _package(finding: Finding) -> dict[str, Any]:
    return {
        **finding.package.to_data(),
        "known": finding.known,
        "admitted": list(finding.admitted),
        "shut_out": list(finding.shut_out),
        "unavailable": list(finding.unavailable),
        "other_ocaml": list(finding.other_ocaml),
        "breaks": finding.breaks,
    }


def default_environment(changes: Mapping[str, str]) -> Environment:
    """Return this machine with its installed opam, and `changes`. Raises InvalidValue for a name that is not a variable."""
    installed = opam_version()
    return Environment.host({**({"opam-version": installed} if installed else {}), **changes})
