"""Lock the requirements of a plan by opam's solution, and demand that a lock fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from functoria.bounds import Bounds
from functoria.errors import FileConflict, LockMismatch, NoSolution
from functoria.opam.audit import OCAML
from functoria.opam.formula import Environment
from functoria.opam.lock import Lock, Locked, digest, mispinned, ours
from functoria.opam.repository import Repository
from functoria.opam.solver import Question, solver
from functoria.opam.switch import Installed, installed
from functoria.opam.tool import version as opam_version
from functoria.package import Package
from functoria.project.lock import WAIT, locked, telling
from functoria.project.tree import Tree
from functoria.version import Version

if TYPE_CHECKING:
    from functoria.plan.plan import Plan

_MONOREPO = {"monorepo": "opam-monorepo"}
"""The variable with which opam looks at the packages of a monorepo too."""
_UNFINISHED = ".functoria-unfinished"


def lock(
    plan: Plan,
    repository: Repository,
    *,
    changes: Mapping[str, str] | None = None,
    ocaml: Bounds | None = None,
    seconds: int = 300,
    cache: Path | None = None,
) -> Lock:
    """Return the lock of `plan` by opam's solution for all its packages, from `repository`.

    `changes` are opam's variables that differ from this machine's, `ocaml` bounds for the version of OCaml, and `seconds` how
    long opam may take. `cache` is a directory in which to keep what opam made of the repository. Raises NoSolution if there is
    none or if opam finds none in time, BuildError if opam is not installed or fails, and InvalidRepository if the repository
    no longer exists.
    """
    asked = plan.packages if ocaml is None else (*plan.packages, Package(OCAML, (), ocaml))
    several = any(wanted.scope == "monorepo" for wanted in plan.packages)
    variables = {**(_MONOREPO if several else {}), **(changes or {})}
    names = {wanted.name for wanted in asked}
    with solver(repository, variables, wanted=names, seconds=seconds, cache=cache, jobs=1) as opam:
        (solution,) = (answer for _, answer in opam.answers([{"plan": Question.of(asked)}]))
    if solution.state != "solved":
        remedy = (
            "functoria audit shows what the bounds exclude"
            if solution.state == "none"
            else f"allow it more than {seconds} seconds, with --seconds"
        )
        raise NoSolution(f"there is nothing to lock: {solution.reason}: {remedy}", objects=[plan, solution])
    wanted = {package.name: package for package in plan.packages}
    chosen = {name: Version(version) for name, version in solution.versions}
    switch = _switch(plan, repository, chosen, changes or {}) if several else frozenset()
    return Lock(
        tuple(
            Locked(
                name,
                version,
                ("switch" if name in switch else "monorepo") if several else None,
                name in wanted and wanted[name].build,
            )
            for name, version in sorted(solution.versions)
        ),
        digest(plan.packages),
        repository.digest(),
    )


def _switch(
    plan: Plan, repository: Repository, chosen: Mapping[str, Version], changes: Mapping[str, str]
) -> frozenset[str]:
    """Return those packages of `chosen` that the packages of the switch need, directly or not."""
    needs = needed(chosen, repository, changes)
    found: set[str] = set()
    pending = [wanted.name for wanted in plan.packages if wanted.scope != "monorepo"]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += needs.get(name, ())
    return frozenset(found)


def needed(
    chosen: Mapping[str, Version], repository: Repository, changes: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return for each package of `chosen`, in these versions, those that its release in `repository` requires directly.

    The requirements of a package that is not in the repository, such as a pinned one, are not known, and left out.
    `changes` are opam's variables that differ from this machine's.
    """
    host = Environment.host({"opam-version": opam_version() or "2.2.0", **(changes or {})})
    found = {}
    for name, version in chosen.items():
        release = next((one for one in repository.releases(name) if one.version.text == version.text), None)
        own = host.of(name, version).installing()
        found[name] = () if release is None else release.depends.among(chosen, own)
    return found


def place(plan: Plan) -> str:
    """Return the name of the lock in the directory of the project. Raises LockMismatch if the plan has no single opam file."""
    names = [name for name in plan.contents if name.endswith(".opam")]
    if len(names) != 1:
        raise LockMismatch(f"the plan has {len(names)} opam files: one is locked", objects=[plan])
    return f"{names[0]}.{plan.root.device.lock_suffix}"


def text(plan: Plan, found: Lock) -> str:
    """Return the text of the lock `found` of `plan`."""
    return found.text(plan.files()[place(plan).removesuffix(f".{plan.root.device.lock_suffix}")])


def write(directory: Path, plan: Plan, found: Lock, *, force: bool = False, wait: float = WAIT) -> Path:
    """Write the lock `found` of `plan` to `directory`, atomically, and return its path.

    Raises FileConflict for a file there that is not ours, unless `force`, and WriteError if it cannot be written.
    """
    name = place(plan)
    content = text(plan, found).encode()
    with locked(directory, wait=wait) as tree:
        there = tree.mark(name)
        if there is not None and not force and not ours(tree.read(name)):
            raise FileConflict(
                f"{directory / name} was not made by functoria: move it away, or give --force",
                objects=[directory / name],
            )
        tree.make_way(name)
        if tree.mark(name + _UNFINISHED) is not None:
            tree.remove(name + _UNFINISHED)
        tree.store(name + _UNFINISHED, content)
        tree.rename(name + _UNFINISHED, name)
    return directory / name


def read(directory: Path, plan: Plan) -> Lock | None:
    """Return the lock of `plan` in `directory`; None if there is none. Raises LockMismatch for one that cannot be read."""
    name = place(plan)
    with telling(directory), Tree.open(directory, missing=True) as tree:
        if not tree.exists or tree.mark(name) is None:
            return None
        return Lock.read(tree.read(name), str(directory / name))


def fitting(directory: Path, plan: Plan, *, missing: bool = False) -> Lock | None:
    """Return the lock of `plan` in `directory`, which fits the plan; None if there is none and `missing` allows that.

    Raises LockMismatch otherwise.
    """
    found = read(directory, plan)
    if found is None:
        if missing:
            return None
        raise LockMismatch(
            f"there is no {directory / place(plan)}: lock first, with functoria lock -b {directory} -r REPOSITORY",
            objects=[directory],
        )
    wrong = found.misfits(plan.packages)
    _refuse(wrong, f"{directory / place(plan)} does not fit the plan: lock again, with functoria lock")
    return found


def demand(directory: Path, plan: Plan, there: Installed | None = None) -> Lock:
    """Return the lock of `plan` in `directory`, which fits the plan and the switch: versions, and the sources of pins.

    `there` is what the switch has, by default opam's current one in `directory`. Raises LockMismatch if there is no lock
    or it does not fit, and BuildError if opam cannot say what is installed.
    """
    found = fitting(directory, plan)
    assert found is not None
    path = directory / place(plan)
    named = path if path.is_absolute() else f"./{path}"  # opam recognises a file by its slash
    there = installed(directory) if there is None else there
    wrong = found.missing(there.versions)
    _refuse(
        wrong or mispinned(plan.packages, there.pins),
        f"the switch is not as locked: opam install --deps-only {named} makes it so",
    )
    return found


def _refuse(wrong: Sequence[str], why: str) -> None:
    if wrong:
        raise LockMismatch(why, more=wrong, objects=[wrong])
