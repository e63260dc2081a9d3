"""Locks: the exact versions of all packages that a plan needs, as an opam file that replaces the plan's.

A lock is the plan's opam file with another field `depends`: all packages of a solution, each with its version. It also records
the packages and the repository that the solution is for, and a digest of everything else in the file, which shows later changes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from attr import evolve, frozen

from functoria import quote
from functoria.emit.emitter import LOCK_HEADER, header
from functoria.errors import InvalidOpamFile, LockMismatch
from functoria.opam.file import OpamFile, parse
from functoria.opam.nodes import And, Conditional, Items, Not, Relation, Value, Word, to_data
from functoria.package import Package, Scope
from functoria.project.kinds import made

_DEPENDS = re.compile(r"^depends: \[\n(?:  .*\n)*\]\n", re.MULTILINE)
_ASKED = "x-functoria-lock-of"
_REPOSITORY = "x-functoria-lock-repository"
_OWN = "x-functoria-lock-content"
_AGAIN = "lock again, with functoria lock"


@frozen
class Locked:
    """A package with its exact version."""

    name: str
    version: str
    scope: Scope | None = None
    """Where it is installed, if that is not the same for all. What the switch needs, directly or not, is in the switch."""
    build: bool = False
    """Whether the configuration needs it only while building."""

    def __str__(self) -> str:
        return f"{self.name}.{self.version}"


@frozen
class Lock:
    """The exact versions of all packages that a plan needs, directly or not."""

    packages: tuple[Locked, ...]
    """Sorted by name."""
    asked: str
    """The digest of the plan's requirements: see `digest`."""
    repository: str
    """The digest of the repository: see `functoria.opam.repository.Repository.digest`."""

    @property
    def versions(self) -> dict[str, str]:
        """The version of each package."""
        return {locked.name: locked.version for locked in self.packages}

    def text(self, opam: str) -> str:
        """Return the lock as an opam file, made from that of the plan. Raises LockMismatch if its `depends` is not plain."""
        depends = "depends: [\n%s]\n" % "".join(f"  {_depend(locked)}\n" for locked in self.packages)
        text, count = _DEPENDS.subn(lambda found: depends, opam)
        if count != 1 or _but_depends(text) != _but_depends(opam):
            raise LockMismatch("the opam file has no field depends of a line for each package, which a lock replaces")
        said = {_ASKED: self.asked, _REPOSITORY: self.repository, _OWN: _own(parse(text))}
        text = text.replace(header("#"), header("#", text=LOCK_HEADER), 1)
        return text + "".join(f"{field}: {quote.opam(f'sha256={digest}')}\n" for field, digest in said.items())

    @classmethod
    def read(cls, text: str | bytes, name: str = "the lock") -> Lock:
        """Read a lock from `text`. Raises LockMismatch for anything that is not an unchanged lock."""
        again = _AGAIN if ours(text.encode() if isinstance(text, str) else text) else f"{_AGAIN} --force"
        try:
            file = parse(text, name=name)
        except InvalidOpamFile as error:
            raise LockMismatch(f"{error.message}: {again}", locations=error.locations) from None
        fields = file.fields
        asked, repository, own = (_digest(fields.get(field)) for field in (_ASKED, _REPOSITORY, _OWN))
        if asked is None or repository is None or own is None:
            raise LockMismatch(f"{name} is not a lock of functoria: {again}", objects=[name])
        depends = fields.get("depends")
        packages = [_locked(item) for item in (depends.items if isinstance(depends, Items) else (depends,))]
        found = [locked for locked in packages if locked is not None]
        if len(found) < len(packages):
            raise LockMismatch(f"{name} has a package without an exact version: {again}", objects=[name])
        if own != _own(file):
            raise LockMismatch(f"{name} was changed since it was locked: {again}", objects=[name])
        if any(locked.scope for locked in found):
            found = [evolve(locked, scope=locked.scope or "switch") for locked in found]
        return cls(tuple(found), asked, repository)

    def misfits(self, packages: Iterable[Package]) -> list[str]:
        """Describe how it differs from a lock of `packages`, those of a plan; empty if it is one."""
        packages = tuple(packages)
        found = list(_misfits(packages, {locked.name: locked for locked in self.packages}))
        if not found and self.asked != digest(packages):
            return ["it was made for other packages, or other bounds"]
        return found

    def missing(self, installed: Mapping[str, str]) -> list[str]:
        """Describe how `installed`, the versions in a switch, differ from the lock; empty if they agree."""
        return [
            f"{locked.name} is not installed, but {locked.version} is locked"
            if locked.name not in installed
            else f"{locked.name} is {installed[locked.name]}, but {locked.version} is locked"
            for locked in self.packages
            if locked.scope != "monorepo" and installed.get(locked.name) != locked.version
        ]


def mispinned(packages: Iterable[Package], pins: Mapping[str, str]) -> list[str]:
    """Describe which `packages` of a plan a switch, by its `pins`, takes from another source than theirs; empty if none.

    Packages for the monorepo are left out: opam fetches them itself, which leaves no trace in the switch.
    """
    return [
        f"{wanted.name} is {f'from {there}' if (there := pins.get(wanted.name)) else 'not pinned'}, but {wanted.pin} is locked"
        for wanted in packages
        if wanted.pin is not None
        and wanted.scope != "monorepo"
        and _source(pins.get(wanted.name, "")) != _source(wanted.pin)
    ]


def _source(url: str) -> str:
    """Return `url` in a form that is the same for all URLs that opam treats as equal."""
    kind, plus, rest = url.partition("+")
    return (rest if plus and kind in ("git", "hg", "darcs", "rsync") else url).removeprefix("file://").rstrip("/")


def ours(content: bytes) -> bool:
    """Return whether a file with this `content` is a lock made by functoria, or was derived from one."""
    return made(content) or _ASKED.encode() in content


def digest(packages: Iterable[Package]) -> str:
    """Return a digest of a plan's requirements: its packages, with bounds and pins, and where each is installed."""
    lines = sorted(
        " ".join(map(str, (one, one.scope, *((one.pin, one.pin_version) if one.pin is not None else ()))))
        for one in packages
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _misfits(packages: Iterable[Package], locked: Mapping[str, Locked]) -> Iterator[str]:
    for wanted in packages:
        found = locked.get(wanted.name)
        if found is None:
            yield f"{wanted} is required, but not locked"
        elif wanted.pin is None and not wanted.bounds.allows(found.version):
            yield f"{wanted} is required, but {found} is locked"
        elif wanted.pin is not None and found.version != wanted.pin_version:
            yield f"{wanted.name} is pinned as {wanted.pin_version}, but {found} is locked"
        elif wanted.scope != "monorepo" and found.scope == "monorepo":
            yield f"{wanted} is required in the switch, but {found} is locked for the monorepo"


def _own(file: OpamFile) -> str:
    """Return a digest of an opam file, except for what locks add. Blanks, comments and order do not count."""
    fields = {name: to_data(value) for name, value in file.fields.items() if name not in (_ASKED, _REPOSITORY, _OWN)}
    sections = [(each.kind, each.name, _own(each.fields)) for each in file.sections]
    return hashlib.sha256(json.dumps([fields, sections], sort_keys=True).encode()).hexdigest()


def _depend(locked: Locked) -> str:
    conditions = ["build"] * locked.build + ["?monorepo"] * (locked.scope == "monorepo")
    return f"{quote.opam(locked.name)} {{{' & '.join([*conditions, f'= {quote.opam(locked.version)}'])}}}"


def _but_depends(text: str) -> tuple[object, ...]:
    fields, sections = parse(text)
    return {name: value for name, value in fields.items() if name != "depends"}, sections


def _digest(value: Value | None) -> str | None:
    kind, _, found = value.partition("=") if isinstance(value, str) else ("", "", "")
    return found if kind == "sha256" and re.fullmatch("[0-9a-f]{64}", found) else None


def _locked(item: Value | None) -> Locked | None:
    match item:
        case Conditional(str(name), condition):
            said = condition.parts if isinstance(condition, And) else (condition,)
            versions = [
                one.right for one in said if isinstance(one, Relation) and (one.left, one.operator) == (None, "=")
            ]
            scope: Literal["monorepo"] | None = "monorepo" if Not("?", Word("monorepo")) in said else None
            build = Word("build") in said
            alone = len(said) == 1 + build + (scope is not None)  # another condition might leave the package out
            if alone and len(versions) == 1 and isinstance(versions[0], str):
                return Locked(name, versions[0], scope, build)
    return None
