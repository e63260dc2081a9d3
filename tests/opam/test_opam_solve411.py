"""Whether opam finds a solution for every recorded configuration and target of 4.11, on the repository of August 2026.

opam is asked about the emitted opam file itself, in the two ways that the Makefile uses: with the variable `monorepo`, as
`make lock` does, for all packages at once; and without it, as `make install-switch` does, for those of the switch. Most
records share their packages with others, and a solution for several at once is a solution for each. If ALL_SOLUTIONS is in
the environment, those without a solution are asked about on every target and with all options, otherwise on two.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import pytest
from attrs import frozen

from functoria import FunctoriaError, quote
from functoria.opam.file import parse
from functoria.opam.solver import Solution, Solver, solver
from mirage_devices.v4.targets import BY_NAME
from tests import recorded411, tools
from tests.once import Once
from tests.snapshots import CACHE, OF_2026, repository

_SYSTEMS = {
    False: {"os": "linux"},
    True: {"os": "macos", "os-family": "homebrew", "os-distribution": "homebrew"},
}
"""opam's variables, for macosx and for others."""
LOCK = {"monorepo": "opam-monorepo"}
"""The variable with which the Makefile makes opam-monorepo look at all packages."""
_PIN = re.compile(r'^  \["([^".]+)\.([^"]+)" "[^"]*"\]$', re.MULTILINE)
_FETCHED = re.compile(r"^(name: .*|url \{.*\})\n|^pin-depends: \[\n(  .*\n)*\]\n", re.MULTILINE)
_NAMED = re.compile(r'^  "([^"]+)"(.*)$', re.MULTILINE)

_UNIKRAFT = ("unikraft-firecracker", "unikraft-qemu")


@frozen
class Unsolved:
    """Why a configuration has no solution, in either spelling of its constraints."""

    names: str
    """The package that opam names."""
    why: str
    targets: tuple[str, ...] = tuple(BY_NAME)


UNSOLVED = {
    "git": Unsolved("carton", "git-net wants a newer carton than the releases of git that it has need"),
    "piece-bounds": Unsolved("bar", "it asks for bar, which never was a package"),
    "piece-chamelon": Unsolved(
        "mirage-crypto-rng", "mirage-block-ccm wants a mirage-crypto below 1, the others one from 2"
    ),
    "piece-http": Unsolved("httpaf-mirage", "httpaf-mirage is not in the repository any more"),
    "piece-syslog": Unsolved(
        "memtrace-mirage", "mirage-monitoring wants an OCaml below 5, unikraft one from 5.3", _UNIKRAFT
    ),
}
"""The configurations without a solution."""
SOLVED, UNSOLVABLE, QUESTIONS = 1195, 194, 383
"""The numbers of records with a plan that have a solution, of those that have none, and of different questions about them."""
WITHOUT_DUNE = frozenset(
    ["astring", "bos", "cmdliner", "fmt", "fpath", "logs", "mtime", "num", "ptime", "rresult", "uutf", "zarith"]
)
"""Packages in the solutions for the target that dune does not build: opam-monorepo takes ports of them from the overlays."""
IMPOSSIBLE = "piece-kvs"
"""The configuration that is refused here because its bounds exclude each other; MirageOS 4.11.1 prints them."""
_APART = (('"mirage-kv-unix"',), ("docteur-", '"mirage-kv-mem"'))
"""Packages that need unusual releases of common ones, by what goes together: records with and without these are not asked about
together."""


@frozen
class Ask:
    """A question to opam for several records."""

    text: str
    """The opam file of one of the records, without its name and without what would be fetched."""
    depends: str
    pins: tuple[tuple[str, str], ...]
    macos: bool


def configuration(record: str) -> str:
    """Return the configuration that a record is of."""
    return re.split("[+@]", record, maxsplit=1)[0]


def _section(text: str) -> str:
    """Return the field depends."""
    start = text.index("depends: [")
    return text[start : text.index("\n]\n", start)]


@cache
def asked() -> Mapping[Ask, list[tuple[str, str]]]:
    """Return the questions, each with its records, for all records that have a plan."""
    found: dict[tuple[object, ...], tuple[Ask, list[tuple[str, str]]]] = {}
    for name, target in recorded411.cases():
        try:
            files = recorded411.plan(name, target).files()
        except FunctoriaError:
            continue
        (text,) = (text for file, text in files.items() if file.endswith(".opam"))
        ask = Ask(_FETCHED.sub("", text), _section(text), tuple(_PIN.findall(text)), target == "macosx")
        found.setdefault((ask.depends, ask.pins, ask.macos), (ask, []))[1].append((name, target))
    return dict(found.values())


def unsolved(record: str, target: str) -> Unsolved | None:
    """Return why a record has no solution; None if it has one."""
    found = UNSOLVED.get(configuration(record))
    return found if found is not None and target in found.targets else None


def _groups(asks: Iterable[Ask]) -> Iterator[list[Ask]]:
    """Group `asks` that can be solved together; those without a solution are alone."""
    groups: dict[object, list[Ask]] = {}
    for ask in asks:
        record = asked()[ask][0]
        alone = ask if unsolved(*record) else None
        family = BY_NAME[record[1]].implementation
        unusual = [any(word in ask.depends for word in words) for words in _APART]
        groups.setdefault((alone, family, *unusual), []).append(ask)
    yield from groups.values()


@cache
def _wanted() -> frozenset[str]:
    """Return the packages of all questions of this module, so that opam's root is made once for all."""
    written = (
        facts["opam"]["depends"]
        for record in recorded411.records().values()
        for facts in record.values()
        if "opam" in facts
    )
    return frozenset(name for ask in asked() for name, _ in _NAMED.findall(ask.depends)).union(*written)


def asking(variables: Mapping[str, str]) -> AbstractContextManager[Solver]:
    """Open a solver over the repository of 2026 with these variables."""
    return solver(repository(OF_2026), variables, wanted=_wanted(), cache=CACHE)


def answers(asks: Iterable[Ask], variables: Mapping[str, str]) -> dict[Ask, Solution]:
    """Return opam's answer to each question, with these variables."""
    found: dict[Ask, Solution] = {}
    asks = list(asks)
    for macos, system in _SYSTEMS.items():
        with asking({**system, **variables}) as opam:
            for group in _groups(ask for ask in asks if ask.macos is macos):
                numbered = {str(number): ask for number, ask in enumerate(group)}
                said = opam.install(
                    {number: ask.text for number, ask in numbered.items()},
                    pins={number: dict(ask.pins) for number, ask in numbered.items()},
                )
                found.update((numbered[number], answer) for number, answer in said.items())
    return found


def sampled(name: str, target: str) -> bool:
    """Return whether a record without a solution is asked about. With ALL_SOLUTIONS, all are."""
    return bool(os.environ.get("ALL_SOLUTIONS")) or ("+" not in name and target in ("hvt", "unikraft-qemu"))


@pytest.fixture(scope="module")
def locked(once: Once) -> dict[Ask, Solution]:
    """opam's answers about all packages together, those of the monorepo and those of the switch."""
    tools.need("opam")
    repository(OF_2026)
    wanted = {ask: who for ask, who in asked().items() if not unsolved(*who[0]) or any(sampled(*one) for one in who)}
    return once("locked-4.11", lambda: answers(wanted, LOCK))


def _plain(text: str) -> str:
    """Return an opam file with only the dependencies in the switch."""
    kept = [line for line in text.splitlines() if "?monorepo" not in line]
    return _section("\n".join([*kept, ""])) + "\n]\n"


def recorded_file(depends: Mapping[str, Mapping[str, Any]]) -> str:
    """Return an opam file with the dependencies that MirageOS 4.11.1 wrote."""
    lines = []
    for name, wanted in depends.items():
        bounds = [f"{sign} {quote.opam(end)}" for sign, ends in ((">=", "min"), ("<", "max")) for end in wanted[ends]]
        conditions = " & ".join(["build"] * wanted["build"] + ["?monorepo"] * wanted["monorepo"] + bounds)
        lines.append(f"  {quote.opam(name)} {{{conditions}}}" if conditions else f"  {quote.opam(name)}")
    return "\n".join(['opam-version: "2.0"', "depends: [", *lines, "]", ""])


def test_every_record_with_a_plan_is_asked_about() -> None:
    found = Counter(unsolved(*one) is None for who in asked().values() for one in who)
    assert (found[True], found[False]) == (SOLVED, UNSOLVABLE)
    assert len(asked()) == QUESTIONS
    refused = [one for one in recorded411.cases() if one not in {one for who in asked().values() for one in who}]
    assert len(refused) == len(recorded411.cases()) - SOLVED - UNSOLVABLE
    written = {one for one in refused if "opam" in recorded411.records()[one[0]][one[1]]}
    assert {configuration(name) for name, _ in written} == {IMPOSSIBLE}


@pytest.mark.parametrize("record", sorted(recorded411.records()))
def test_what_is_locked_has_a_solution(record: str, locked: Mapping[Ask, Solution]) -> None:
    for ask, who in asked().items():
        for name, target in who:
            if name != record or ask not in locked:
                continue
            answer, reason = locked[ask], unsolved(name, target)
            if reason is not None:
                assert answer.state == "none"
                assert reason.names in answer.reason
                continue
            assert answer.state == "solved", f"{name} {target}: {answer.reason}"
            chosen = dict(answer.versions)
            for package in recorded411.plan(name, target).packages:
                assert package.allows(chosen[package.name])


def test_what_dune_does_not_build_is_twelve_packages(locked: Mapping[Ask, Solution]) -> None:
    """Besides these, the solutions have compilers, packages that find system packages, and the tools that build the twelve."""
    snapshot, found = repository(OF_2026), set()
    for ask, answer in locked.items():
        chosen = dict(answer.versions)
        packages = recorded411.plan(*asked()[ask][0]).packages
        provided = {package.name for package in packages if package.scope == "switch"}
        pending = [package.name for package in packages if package.name in chosen.keys() - provided]
        brought: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in brought:
                brought.add(name)
                release = next(one for one in snapshot.releases(name) if one.version.text == chosen[name])
                pending += (other for other in release.depends.names if other in chosen.keys() - provided)
        found |= {(name, chosen[name]) for name in brought}
    fields = {
        (source.name, source.version): parse(source.content).fields
        for source in snapshot.sources({name for name, _ in found})
        if (source.name, source.version) in found
    }
    made = {name for (name, _), has in fields.items() if "build" in has and "flags" not in has}
    by_dune = {
        name
        for name, version in found
        for release in snapshot.releases(name)
        if release.version.text == version and "dune" in release.depends.names
    }
    assert {name for name in made - by_dune if not name.startswith("conf-")} == {
        *WITHOUT_DUNE,
        *("dune", "ocaml-compiler", "ocamlbuild", "ocamlfind", "topkg"),
    }


def test_what_the_switch_has_installed_has_a_solution() -> None:
    tools.need("opam")
    questions = {(ask.macos, _plain(ask.depends + "\n]\n")): ask for ask in asked()}
    asks = [Ask(f'opam-version: "2.0"\n{text}', text, (), macos) for macos, text in questions]
    for macos, system in _SYSTEMS.items():
        some = {str(number): ask.text for number, ask in enumerate(asks) if ask.macos is macos}
        with asking(system) as opam:
            said = opam.install(some)
        assert said.keys() == some.keys()
        for answer in said.values():
            assert answer.state == "solved", answer.reason


def test_the_constraints_that_were_recorded_have_no_solution_either() -> None:
    tools.need("opam")
    files: dict[tuple[bool, str], tuple[str, str]] = {}
    for name, target in recorded411.cases():
        facts = recorded411.records()[name][target]
        if "opam" in facts and (unsolved(name, target) or configuration(name) == IMPOSSIBLE) and sampled(name, target):
            files.setdefault((target == "macosx", recorded_file(facts["opam"]["depends"])), (name, target))
    assert {configuration(name) for name, _ in files.values()} == {*UNSOLVED, IMPOSSIBLE}
    for macos, system in _SYSTEMS.items():
        with asking({**system, **LOCK}) as opam:
            for (where, text), (name, target) in files.items():
                if where is not macos:
                    continue
                (answer,) = opam.install({"recorded": text}).values()
                assert answer.state == "none", f"{name} {target}"
                reason = unsolved(name, target)
                assert (reason.names if reason else "mirage-kv-mem") in answer.reason
