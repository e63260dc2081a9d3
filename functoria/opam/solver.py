"""Asking opam whether packages can be installed together, in roots of their own with an empty switch."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from attr import frozen

from functoria import quote
from functoria.errors import BuildError
from functoria.opam.repository import Repository
from functoria.opam.roots import SWITCH, Roots, lay_out, root_of
from functoria.opam.tool import Opam, failed
from functoria.package import Package
from functoria.process import processors

_NO_SOLUTION = 20
_TIMEOUT = 60


@frozen
class Solution:
    """opam's answer for a list of packages."""

    state: Literal["solved", "none", "unknown"]
    """Whether there is a solution; `unknown` if opam did not find out in time."""
    reason: str = ""
    """Why there is none, in opam's words."""
    versions: tuple[tuple[str, str], ...] = ()
    """The packages and versions of the solution. If several lists were solved at once, it may contain more than one needs."""


@frozen
class Question:
    """A question to opam: whether the dependencies of an opam file can be installed."""

    file: str
    """The text of the file."""
    pins: tuple[tuple[str, str], ...] = ()
    """The packages that come from a source, in place of all releases, each with the version of that."""
    apart: bool = False
    """Whether to ask it by itself, because a solution is not expected."""

    @classmethod
    def of(cls, packages: Sequence[Package], *, apart: bool = False) -> Question:
        """Ask whether `packages` can be installed. Pinned ones exist in the version of the pin, without dependencies."""
        pins = {wanted.name: wanted.pin_version for wanted in packages if wanted.pin is not None}
        lines = ['opam-version: "2.0"', "depends: ["]
        for wanted in packages:
            # Bounds of a pinned package have no effect, whoever declares them, --ocaml included.
            conditions = "" if wanted.name in pins else " & ".join(wanted.conditions())
            lines.append(f"  {quote.opam(wanted.name)}" + (f" {{{conditions}}}" if conditions else ""))
        return cls("\n".join([*lines, "]", ""]), tuple(sorted(pins.items())), apart)


class _Ask(NamedTuple):
    """One run of opam, for several files with the same pins."""

    files: tuple[str, ...]
    pins: tuple[tuple[str, str], ...]


class Solver:
    """opam, with one repository. Made by `solver`."""

    def __init__(
        self, directory: Path, root: tuple[bytes, Path], opam: Opam, changes: Mapping[str, str], jobs: int
    ) -> None:
        self.directory = directory
        """The temporary directory in which opam works."""
        self.runs = 0
        """The number of opam's runs."""
        self._root, first = root
        self._opam = opam
        self._jobs = jobs
        self._variables = {f"OPAMVAR_{name.replace('-', '_')}": value for name, value in changes.items()}
        self._free = [first]
        """The roots that were laid out and that no thread uses."""
        self._known: dict[_Ask, Solution] = {}

    def solve(self, wanted: Mapping[str, Sequence[Package]], *, apart: Collection[str] = ()) -> dict[str, Solution]:
        """Return for each name whether its packages can be installed in the empty switch.

        Those in `apart`, which are not expected to have a solution, are asked one by one, the others as in `answers`.
        """
        questions = {name: Question.of(packages, apart=name in apart) for name, packages in wanted.items()}
        answers = dict(self.answers([questions]))
        return {name: answers[name] for name in wanted}

    def install(
        self,
        files: Mapping[str, str],
        *,
        pins: Mapping[str, Mapping[str, str]] | None = None,
        apart: Collection[str] = (),
    ) -> dict[str, Solution]:
        """Return for each name whether the dependencies of its opam file can be installed, in the versions of its `pins`.

        Otherwise like `solve`.
        """
        pinned = {name: tuple(sorted((pins or {}).get(name, {}).items())) for name in files}
        questions = {name: Question(text, pinned[name], name in apart) for name, text in files.items()}
        answers = dict(self.answers([questions]))
        return {name: answers[name] for name in files}

    def answers(self, groups: Iterable[Mapping[str, Question]]) -> Generator[tuple[str, Solution], None, None]:
        """Yield opam's answer to the question of each name, as they come.

        Questions of a group with the same pins are tried together first, because a solution of all is one of each. If there is
        none, each half is tried, in the given order. The answers do not depend on the order in which they come. Several runs
        of opam may be in progress; they are ended if this generator is closed, or an exception leaves it.
        """
        batches = [batch for group in groups for batch in _batches(group)]
        waiting: dict[_Ask, list[dict[str, Question]]] = {}
        running: dict[Future[Solution], _Ask] = {}
        pool = ThreadPoolExecutor(self._jobs, thread_name_prefix="opam")
        try:
            while batches or running:
                for batch in batches:
                    ask = _ask_of(batch)
                    if ask not in waiting:
                        running[pool.submit(self._answer, ask)] = ask
                    waiting.setdefault(ask, []).append(batch)
                batches = []
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in [future for future in running if future in done]:
                    ask = running.pop(future)
                    answer = future.result()
                    for batch in waiting.pop(ask):
                        if answer.state == "solved" or len(ask.files) == 1:
                            yield from ((name, answer) for name in batch)
                        else:
                            batches += _halves(batch)
        finally:
            if running:
                self._opam.end()
            pool.shutdown(cancel_futures=True)

    def _answer(self, ask: _Ask) -> Solution:
        if ask not in self._known:
            root = self._free.pop() if self._free else self._laid_out()
            self._known[ask] = self._asked(ask, root)
            self._free.append(root)
        return self._known[ask]

    def _laid_out(self) -> Path:
        place = Path(tempfile.mkdtemp(prefix="root-", dir=self.directory))
        return lay_out(self._root, self._opam, place / "root")

    def _asked(self, ask: _Ask, root: Path) -> Solution:
        self.runs += 1
        place = Path(tempfile.mkdtemp(prefix="ask-", dir=self.directory))
        texts = {f"functoria-{n}": text for n, text in enumerate(ask.files)}
        own = frozenset(texts)
        # opam takes a package from the file that it is given, not from its releases.
        texts.update({name: f'opam-version: "2.0"\nversion: {quote.opam(version)}\n' for name, version in ask.pins})
        for name, text in texts.items():
            (place / f"{name}.opam").write_text(text, encoding="utf-8")
        paths = [f"./{name}.opam" for name in texts]
        # To show what it would do, opam solves; in a dry run it goes on to what each package would run, and takes twice as long.
        # The name of the answer is relative, because opam replaces % in it.
        options = ["--switch", SWITCH, "--deps-only", "--show-actions", "--json=answer"]
        asked = self._opam.run(root, ["install", *options, *paths], place, **self._variables)
        try:
            answer = json.loads((place / "answer").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            answer = {}
        if asked.returncode == 0:
            if "solution" not in answer:
                raise BuildError("opam found a solution, but did not report it", objects=[asked.args])
            steps = [step["install"] for step in answer["solution"] if "install" in step]
            steps = [step for step in steps if step["name"] not in own]
            return Solution("solved", "", tuple(sorted((step["name"], step["version"]) for step in steps)))
        if asked.returncode == _NO_SOLUTION:
            causes = answer.get("conflicts", {}).get("causes", [])
            return Solution("none", "; ".join(" ".join(cause.split()) for cause in causes) or "opam names no cause")
        if asked.returncode == _TIMEOUT:
            return Solution("unknown", "opam found neither a solution nor a contradiction in time")
        raise failed(asked)


def _batches(group: Mapping[str, Question]) -> Iterator[dict[str, Question]]:
    """Yield groups of questions to ask together: those that are apart alone, the others by their pins."""
    alike: dict[tuple[tuple[str, str], ...], dict[str, Question]] = {}
    for name, question in group.items():
        if question.apart:
            yield {name: question}
        else:
            alike.setdefault(question.pins, {})[name] = question
    yield from alike.values()


def _ask_of(batch: Mapping[str, Question]) -> _Ask:
    questions = list(batch.values())
    return _Ask(tuple(dict.fromkeys(question.file for question in questions)), questions[0].pins)


def _halves(batch: Mapping[str, Question]) -> list[dict[str, Question]]:
    names = list(batch)
    middle = len(names) // 2
    return [{name: batch[name] for name in half} for half in (names[:middle], names[middle:])]


@contextmanager
def solver(
    repository: Repository,
    changes: Mapping[str, str] | None = None,
    *,
    wanted: Iterable[str] | None = None,
    seconds: int = 300,
    cache: Path | None = None,
    jobs: int | None = None,
) -> Iterator[Solver]:
    """Open a solver over `repository`. opam does not see those files that could not be read.

    `wanted` are the names of the packages in questions, if they are known: opam then gets only what these can need, and answers
    faster. `changes` are opam's variables that differ from this machine's; opam gives up a question after `seconds`. `cache` is
    a directory in which to keep the root that opam makes of the repository. At most `jobs` runs of opam are in progress at
    once, by default one for each processor that this process may use. Everything else is in a temporary directory, and nothing
    is fetched. Raises BuildError if opam is not installed or fails, and InvalidRepository if the repository no longer exists.
    """
    if shutil.which("opam") is None:
        raise BuildError("opam is not installed: install it, or audit without asking for solutions")
    names = None if wanted is None else repository.reachable(wanted)
    with tempfile.TemporaryDirectory(prefix="functoria-opam-") as directory:
        # opam leaves its temporary directory behind if it is killed, so that must be inside this one.
        opam = Opam({"OPAMSOLVERTIMEOUT": str(seconds), "TMPDIR": directory})
        root = root_of(repository, names, opam, Path(directory), Roots(cache))
        yield Solver(Path(directory), root, opam, changes or {}, jobs or processors())
