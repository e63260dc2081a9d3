"""Asking opam whether packages can be installed together, in a root of its own with an empty switch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from attrs import frozen

from functoria import quote
from functoria.errors import BuildError
from functoria.opam.repository import Repository
from functoria.package import Package

_NO_SOLUTION = 20
_TIMEOUT = 60
_SWITCH = "empty"


@frozen
class Solution:
    """opam's answer for a list of packages."""

    state: Literal["solved", "none", "unknown"]
    """Whether there is a solution; `unknown` if opam did not find out in time."""
    reason: str = ""
    """Why there is none, in opam's words."""
    versions: tuple[tuple[str, str], ...] = ()
    """The packages and versions of the solution. It may be one for several lists at once, and hold more than one needs."""


def version() -> str | None:
    """Return the version of the installed opam; None without one."""
    if shutil.which("opam") is None:
        return None
    done = subprocess.run(["opam", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


class Solver:
    """An opam root with one repository and an empty switch. Made by `solver`."""

    def __init__(self, directory: Path, changes: Mapping[str, str], seconds: int) -> None:
        self.directory = directory
        self.runs = 0
        """How often opam was run."""
        settings = {"OPAMROOT": str(directory / "root"), "OPAMCOLOR": "never", "OPAMNODEPEXTS": "1", "OPAMYES": "1"}
        settings["OPAMSOLVERTIMEOUT"] = str(seconds)
        settings.update({f"OPAMVAR_{name.replace('-', '_')}": value for name, value in changes.items()})
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("OPAM")}
        self.environment = {**inherited, **settings}

    def solve(self, wanted: Mapping[str, Sequence[Package]], *, apart: Collection[str] = ()) -> dict[str, Solution]:
        """For each name, whether its packages can be installed in the empty switch.

        What is pinned takes the place of all releases: it is there in the version of the pin, and asks for nothing. Else as
        `install`.
        """
        files = {name: _opam(packages) for name, packages in wanted.items()}
        return self.install(files, pins={name: _pins(packages) for name, packages in wanted.items()}, apart=apart)

    def install(
        self,
        files: Mapping[str, str],
        *,
        pins: Mapping[str, Mapping[str, str]] | None = None,
        apart: Collection[str] = (),
    ) -> dict[str, Solution]:
        """For each name, whether what its opam file depends on can be installed in the empty switch.

        `pins` are the packages that each has from a source, with the version of that. Files with the same pins are tried
        together first, for a solution of all is one of each; where there is none, each half is tried, in the order given.
        Those in `apart`, which are not expected to have one, are asked for one by one.
        """
        pinned = {name: dict(sorted((pins or {}).get(name, {}).items())) for name in files}
        answers = {name: self._ask([files[name]], pinned[name]) for name in files if name in apart}
        alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for name in files:
            if name not in apart:
                alike.setdefault(tuple(pinned[name].items()), []).append(name)
        pending = [*alike.values()]
        while pending:
            names = pending.pop()
            answer = self._ask([files[name] for name in names], pinned[names[0]])
            if answer.state == "solved" or len(names) == 1:
                answers.update(dict.fromkeys(names, answer))
            else:
                middle = len(names) // 2
                pending += [names[middle:], names[:middle]]
        return {name: answers[name] for name in files}

    def _ask(self, files: Sequence[str], pins: Mapping[str, str]) -> Solution:
        self.runs += 1
        place = self.directory / f"ask-{self.runs}"
        place.mkdir()
        texts = {f"functoria-{n}": text for n, text in enumerate(dict.fromkeys(files))}
        own = frozenset(texts)
        # Opam takes a package whose file it is given from there, in place of all its releases.
        texts.update({name: f'opam-version: "2.0"\nversion: {quote.opam(version)}\n' for name, version in pins.items()})
        for name, text in texts.items():
            (place / f"{name}.opam").write_text(text, encoding="utf-8")
        paths = [f"./{name}.opam" for name in texts]
        asked = self._opam(
            ["install", "--switch", _SWITCH, "--deps-only", "--dry-run", f"--json={place / 'answer'}", *paths], place
        )
        try:
            answer = json.loads((place / "answer").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            answer = {}
        if asked.returncode == 0:
            steps = [step["install"] for step in answer.get("solution", ()) if "install" in step]
            steps = [step for step in steps if step["name"] not in own]
            return Solution("solved", "", tuple(sorted((step["name"], step["version"]) for step in steps)))
        if asked.returncode == _NO_SOLUTION:
            causes = answer.get("conflicts", {}).get("causes", [])
            return Solution("none", "; ".join(" ".join(cause.split()) for cause in causes) or "opam names no cause")
        if asked.returncode == _TIMEOUT:
            return Solution("unknown", "opam found neither a solution nor a contradiction in time")
        raise _failed(asked)

    def _opam(self, arguments: Sequence[str], place: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["opam", *arguments],
            cwd=place,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    def start(self, repository: Repository, wanted: Iterable[str] | None = None) -> None:
        """Make the root and the switch, with what `repository` has for `wanted`. Raises BuildError where opam fails."""
        copy = self.directory / "repository"
        copy.mkdir()
        (copy / "repo").write_text('opam-version: "2.0"\n')
        (copy / "packages").mkdir()
        for source in repository.sources(None if wanted is None else repository.reachable(wanted)):
            release = copy / "packages" / source.name / f"{source.name}.{source.version}"
            release.mkdir(parents=True)
            (release / "opam").write_bytes(source.content)
        quiet = ["--no-opamrc", "--no-setup", "--disable-sandboxing", "--bare"]
        for arguments in (
            ["init", *quiet, "--kind", "local", "default", str(copy)],
            ["switch", "create", "--empty", _SWITCH],
        ):
            done = self._opam(arguments, self.directory)
            if done.returncode:
                raise _failed(done)


def _failed(done: subprocess.CompletedProcess[str]) -> BuildError:
    said = done.stderr.strip() or done.stdout.strip()
    return BuildError(f"opam {done.args[1]} failed with status {done.returncode}: {said}", objects=[done.args])


def _pins(packages: Sequence[Package]) -> dict[str, str]:
    return {wanted.name: wanted.pin_version for wanted in packages if wanted.pin is not None}


def _opam(packages: Sequence[Package]) -> str:
    lines, pinned = ['opam-version: "2.0"', "depends: ["], _pins(packages)
    for wanted in packages:
        # Of a pinned package bounds say nothing, whoever gives them: --ocaml too.
        conditions = "" if wanted.name in pinned else " & ".join(wanted.conditions())
        lines.append(f"  {quote.opam(wanted.name)}" + (f" {{{conditions}}}" if conditions else ""))
    return "\n".join([*lines, "]", ""])


@contextmanager
def solver(
    repository: Repository,
    changes: Mapping[str, str] | None = None,
    *,
    wanted: Iterable[str] | None = None,
    seconds: int = 300,
) -> Iterator[Solver]:
    """A solver over `repository`; what cannot be read of it, opam does not get.

    `wanted` are the names of the packages that it will be asked for, where they are known: opam then gets nothing else than
    what these can bring, and answers the sooner. `changes` are opam's variables that differ from this machine's; opam gives
    up a question after `seconds`. Everything is in a temporary directory, and nothing is fetched. Raises BuildError where
    opam is not installed or fails, and InvalidRepository where the repository is no longer there.
    """
    if shutil.which("opam") is None:
        raise BuildError("opam is not installed: install it, or audit without asking for solutions")
    with tempfile.TemporaryDirectory(prefix="functoria-opam-") as directory:
        made = Solver(Path(directory), changes or {}, seconds)
        made.start(repository, wanted)
        yield made
