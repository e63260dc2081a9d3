"""Audits of fleets: compare the packages of each case with an opam repository, and ask opam whether they can be installed.

Any engine plans the cases; they are compared in this process, which reads the repository once. Each distinct question is put to
opam once and separately, so that no answer depends on other cases. opam runs in parallel on this machine, or on the workers of
an executor, which receive the part of the repository that the packages can need.
"""

from __future__ import annotations

import json
import pickle
import tempfile
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from attr import asdict, evolve, frozen

from functoria.bounds import Bounds
from functoria.errors import FunctoriaError, WorkerLost
from functoria.fleet.contents import Contents, Entry, unpack
from functoria.fleet.engine import workers
from functoria.fleet.outline import Outline
from functoria.fleet.result import Result
from functoria.fleet.store import Store, key_of
from functoria.opam import audit as audits
from functoria.opam.audit import OCAML, default_environment
from functoria.opam.cases import Case as Audited
from functoria.opam.repository import Repository
from functoria.opam.solver import Question, Solution, solver
from functoria.opam.tool import version as opam_version
from functoria.package import Package

Finding = audits.Result
"""A case, what the repository has for its packages, and opam's answer if it was asked."""

_BLOCK = 256
"""The number of cases compared at once."""
_TOGETHER = 8
"""The number of questions in one task of a worker."""
_one = threading.Lock()


@frozen
class Terms:
    """The terms of an audit: the system and compiler to install with, and the time limit for a question to opam."""

    changes: tuple[tuple[str, str], ...] = ()
    """opam's variables that differ from this machine's."""
    ocaml: Bounds | None = None
    seconds: int = 300
    cache: Path | None = None
    """The directory that caches parsed opam files, and opam's roots."""

    @property
    def extra(self) -> tuple[Package, ...]:
        """The packages that are requested with every case."""
        return () if self.ocaml is None else (Package(OCAML, (), self.ocaml),)


def case_of(result: Result[Outline], package: str | None = None) -> Audited:
    """Convert a planned case for `functoria.opam.audit`, with the declarations of `package` only, if that is given."""
    case, outline = result.case, result.value
    if outline is None:
        refused = "" if result.error is None else result.error.message
        return Audited(case.label, tuple(case.texts()), refused=refused, broken=result.outcome == "failed")
    demands: Any = tuple(
        SimpleNamespace(package=declared.package, node=SimpleNamespace(module=module))
        for declared in outline.declarations(package)
        for module in declared.modules
    )
    return Audited(case.label, tuple(case.texts()), outline.packages, demands=demands)


def audited(
    planned: Iterable[Result[Outline]], repository: Repository, terms: Terms
) -> Iterator[tuple[Result[Outline], Finding]]:
    """Compare planned cases with the repository, a block at a time."""
    environment = default_environment(dict(terms.changes))
    source = iter(planned)
    while block := list(islice(source, _BLOCK)):
        found = audits.audit(map(case_of, block), repository, environment=environment, ocaml=terms.ocaml)
        yield from zip(block, found, strict=True)


def of_finding(result: Result[Outline], finding: Finding) -> Result[Finding]:
    """Return the result of an audit, which breaks if the case cannot be installed."""
    there = result.outcome == "done"
    return Result(
        result.case,
        "breaks" if there and finding.breaks else result.outcome,
        finding if there else None,
        result.error,
        result.seconds,
        result.warnings,
        result.output,
        result.kept,
    )


class _Asked(NamedTuple):
    result: Result[Outline]
    finding: Finding
    key: str
    """The key that identifies the question; empty if there is none."""


def solved(
    found: Iterable[tuple[Result[Outline], Finding]],
    repository: Repository,
    terms: Terms,
    *,
    executor: Executor | None,
    jobs: int | None,
    store: Store | None,
    fresh: bool,
) -> Iterator[Result[Finding]]:
    """Yield the cases in order, each as soon as opam has answered.

    All cases must be known first, so that opam gets what their packages can need, and nothing else.
    """
    cases: list[_Asked] = []
    questions: dict[str, tuple[Package, ...]] = {}
    for result, finding in found:
        packages = (*finding.case.packages, *terms.extra) if result.outcome == "done" else ()
        key = sha256(repr([str(each) for each in packages]).encode()).hexdigest() if packages else ""
        questions.setdefault(key, packages)
        cases.append(_Asked(result, finding, key))
    questions.pop("", None)
    names = {package.name for packages in questions.values() for package in packages}
    within = f"{repository.digest(repository.reachable(names))} {terms.changes} {opam_version()}"
    keys = {key: key_of("solution", within, key) for key in questions}
    known: dict[str, Solution | FunctoriaError] = {}
    for key in [] if store is None or fresh else questions:
        data = None if store is None else store.get(keys[key])
        if data is not None:
            known[key] = _read(json.loads(data))
    kept = frozenset(known)
    missing = {key: packages for key, packages in questions.items() if key not in known}
    with closing(_answers(missing, repository, terms, names, executor, jobs)) as coming:
        for result, finding, key in cases:
            while key and key not in known:
                name, answer = next(coming)
                known[name] = answer
                if store is not None and isinstance(answer, Solution) and answer.state != "unknown":
                    store.put([(keys[name], json.dumps(asdict(answer)).encode())])
            yield _answered(of_finding(result, finding), known.get(key), key in kept)


def _answered(result: Result[Finding], answer: Solution | FunctoriaError | None, kept: bool) -> Result[Finding]:
    if isinstance(answer, FunctoriaError):
        return evolve(result, outcome="failed", value=None, error=answer)
    if answer is None or result.value is None:
        return result
    whole = evolve(result.value, solution=answer)
    return evolve(result, value=whole, outcome="breaks" if whole.breaks else "done", kept=kept)


def _read(data: Mapping[str, Any]) -> Solution:
    return Solution(data["state"], data["reason"], tuple((name, version) for name, version in data["versions"]))


def _answers(
    questions: Mapping[str, tuple[Package, ...]],
    repository: Repository,
    terms: Terms,
    names: Iterable[str],
    executor: Executor | None,
    jobs: int | None,
) -> Generator[tuple[str, Solution | FunctoriaError], None, None]:
    """Yield opam's answer to each question, or the reason for having none, as they come."""
    if not questions:
        return
    if executor is None:
        with solver(
            repository, dict(terms.changes), wanted=names, seconds=terms.seconds, cache=terms.cache, jobs=jobs
        ) as asked:
            yield from asked_here(asked, questions)
        return
    packed = _packed(repository, names)
    items = list(questions.items())
    parts = [dict(items[start : start + _TOGETHER]) for start in range(0, len(items), _TOGETHER)]
    pending: deque[tuple[dict[str, tuple[Package, ...]], Future[bytes]]] = deque()
    window = 2 * max(1, workers(executor))
    sent = shared(executor, packed)
    try:
        while parts or pending:
            while parts and len(pending) < window:
                part = parts.pop(0)
                pending.append((part, executor.submit(ask, pickle.dumps((part, evolve(terms, cache=None))), sent)))
            part, future = pending.popleft()
            try:
                found: dict[str, Solution | FunctoriaError] = pickle.loads(future.result())
            except Exception as error:  # executors raise various exceptions for a lost worker
                lost = WorkerLost(f"the executor returned no answer from opam: {type(error).__name__}: {error}")
                found = dict.fromkeys(part, lost)
            yield from found.items()
    finally:
        for _, future in pending:
            future.cancel()


def asked_here(
    asked: Any, questions: Mapping[str, tuple[Package, ...]]
) -> Iterator[tuple[str, Solution | FunctoriaError]]:
    """Yield the answers of opam on this machine. Questions are separate: if opam fails at one, the others are not affected."""
    left = {key: Question.of(packages, apart=True) for key, packages in questions.items()}
    try:
        for key, answer in asked.answers([{key: question} for key, question in left.items()]):
            yield key, answer
            del left[key]
        return
    except FunctoriaError as error:
        if len(left) == 1:
            yield next(iter(left)), error
            return
    for key, question in left.items():
        try:
            yield from asked.answers([{key: question}])
        except FunctoriaError as error:
            yield key, error


# On workers


def _packed(repository: Repository, names: Iterable[str]) -> bytes:
    """Return an archive of the part of the repository that the packages `names` can need."""
    entries = [Entry("repo", False, b'opam-version: "2.0"\n')]
    for source in repository.sources(repository.reachable(names)):
        name = f"packages/{source.name}/{source.name}.{source.version}/opam"
        entries.append(Entry(name, False, source.content))
    return Contents(tuple(entries)).packed()


def shared(executor: Executor, content: bytes) -> Any:
    """Return what to pass to tasks in place of `content`.

    On a dask cluster that is the result of another task, which workers pass on to each other and compute again if it is
    lost. Other executors get the content with each task.
    """
    client = getattr(executor, "_client", None)
    if client is None:
        return content
    return client.submit(_same, content, key=f"functoria-repository-{sha256(content).hexdigest()}", pure=True)


def _same(content: bytes) -> bytes:
    return content


def ask(payload: bytes, packed: bytes) -> bytes:
    """Ask opam on this worker. Returns the answers, pickled, by the keys of the questions."""
    questions, terms = pickle.loads(payload)
    found: dict[str, Solution | FunctoriaError] = {}
    try:
        repository, place = _laid_out(packed)
        with solver(repository, dict(terms.changes), seconds=terms.seconds, cache=place, jobs=1) as asked:
            found.update(asked_here(asked, questions))
    except FunctoriaError as error:
        lost = type(error)(error.message, more=error.more)
        found.update((key, lost) for key in questions if key not in found)
    return pickle.dumps(found)


_here: dict[str, tuple[tempfile.TemporaryDirectory[str], Repository]] = {}
"""The directories that this process has unpacked, which are removed when it ends."""


def _laid_out(packed: bytes) -> tuple[Repository, Path]:
    """Unpack the repository that was sent, once for each process; return it with a directory for opam's root."""
    key = sha256(packed).hexdigest()
    with _one:
        if key not in _here:
            directory = tempfile.TemporaryDirectory(prefix="functoria-repository-")
            place = Path(directory.name)
            unpack(packed, place / "repository")
            (place / "kept").mkdir()
            _here[key] = directory, Repository.read(place / "repository", jobs=1)
        directory, repository = _here[key]
    return repository, Path(directory.name) / "kept"
