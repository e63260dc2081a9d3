"""Reports of audits: as text, as one JSON document, or as lines of JSON. Text and lines are printed as results come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from functoria.cli.output import say, say_data, say_record, say_unread
from functoria.opam.audit import Finding, Result, case_to_json, repository_to_json
from functoria.opam.reach import Reach, reach_to_json
from functoria.opam.repository import Repository
from functoria.version import Version

_MOST = 4
"""The maximal number of versions to list."""


class Text:
    """Prints text for people; with `verbose`, every package of every case."""

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose
        self._told: set[Finding] = set()

    def release(self, name: str, version: Version, reaches: Sequence[Reach]) -> None:
        """Report which cases would accept a new release."""
        for line in _reached(f"{name}.{version}", reaches):
            say(line)

    def repository(self, repository: Repository) -> None:
        """Report what was read of a repository."""
        left = len(repository.unreadable)
        size = f"{len(repository.packages)} packages, {repository.size} releases"
        say(size + (f", {left} not read" if left else ""))
        say_unread(repository.unreadable)

    def result(self, result: Result) -> None:
        """Report the result of a case."""
        say(f"{result.case}: {_verdict(result)}")
        for reason in result.breaks:
            say(f"  breaks: {reason}")
        for finding in result.findings:
            if self._verbose or finding not in self._told:
                self._told.add(finding)
                say(f"  {finding.package}")
                for line in _details(finding):
                    say(line)

    def remark(self, line: str) -> None:
        """Report anything else."""
        say(line)

    def end(self) -> None:
        """Finish the report."""


class Document:
    """Prints one JSON document at the end."""

    def __init__(self) -> None:
        self._document: dict[str, Any] = {}
        self._cases: list[dict[str, Any]] = []

    def release(self, name: str, version: Version, reaches: Sequence[Reach]) -> None:
        """Report which cases would accept a new release."""
        self._document["release"] = _release(name, version, reaches)

    def repository(self, repository: Repository) -> None:
        """Report what was read of a repository."""
        self._document.update(repository=repository_to_json(repository), breaks=False, cases=self._cases)

    def result(self, result: Result) -> None:
        """Report the result of a case."""
        self._document["breaks"] = self._document["breaks"] or bool(result.breaks)
        self._cases.append(case_to_json(result))

    def remark(self, line: str) -> None:
        """Ignore the remark: the data show what is missing."""

    def end(self) -> None:
        """Finish the report."""
        say_data(self._document)


class Lines:
    """Prints lines of JSON, each an object with one field; with a repository, the last one has `breaks`."""

    def __init__(self) -> None:
        self._breaks: bool | None = None

    def release(self, name: str, version: Version, reaches: Sequence[Reach]) -> None:
        """Report which cases would accept a new release."""
        say_record({"release": _release(name, version, reaches)})

    def repository(self, repository: Repository) -> None:
        """Report what was read of a repository."""
        self._breaks = False
        say_record({"repository": repository_to_json(repository)})

    def result(self, result: Result) -> None:
        """Report the result of a case."""
        self._breaks = self._breaks or bool(result.breaks)
        say_record({"case": case_to_json(result)})

    def remark(self, line: str) -> None:
        """Ignore the remark: the data show what is missing."""

    def end(self) -> None:
        """Finish the report."""
        if self._breaks is not None:
            say_record({"breaks": self._breaks})


def _release(name: str, version: Version, reaches: Sequence[Reach]) -> dict[str, Any]:
    return {"package": name, "version": str(version), "cases": reach_to_json(reaches)}


def _reached(release: str, reaches: Sequence[Reach]) -> Iterator[str]:
    yield f"{release} would reach {sum(r.reached for r in reaches)} of {len(reaches)}:"
    for found in reaches:
        yield f"  {'yes' if found.reached else 'no '}  {found.case}: {found.why}"
        yield from (f"         {refusal}" for refusal in found.refusals)


def _verdict(result: Result) -> str:
    if result.case.refused is not None:
        return f"no plan: {result.case.refused}"
    if result.breaks:
        return "breaks"
    if result.solution is None:
        return "every package has a release"
    return "can be installed" if result.solution.state == "solved" else result.solution.reason


def _details(finding: Finding) -> Iterable[str]:
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
