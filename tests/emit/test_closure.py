"""Unikernels link with the real libraries of 2018, as far as that can be computed: archives, their order, and their needs."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import Impl, Plan, foreign, job
from functoria.errors import FunctoriaError
from mirage_devices import arpv4, default_network, default_random, etif, farp, random, register
from tests import catalogue_rows
from tests.catalogue_rows import ROWS
from tests.libraries import findlib, linker, tree
from tests.libraries.facts import V3
from tests.recorded import application, cases, context
from tests.tools import need, run

INVENTED = frozenset(["a.b", "c", "cow", "uri.lwt", "uri.unix"])
"""The libraries of the recorded configuration `pins`, whose packages were never released."""


def _app(*impls: Impl[Any]) -> Any:
    signature: Any = job
    for impl in reversed(impls):
        signature = impl.signature >> signature
    main: Any = foreign("Unikernel.Main", signature)
    return register("small", [main(*impls)])


@cache
def _recorded() -> dict[tuple[str, str], Plan]:
    found = {}
    for name, target in cases():
        try:
            found[name, target] = application(name).plan(context(name, target))
        except FunctoriaError:
            continue
    return found


def _problems(plan: Plan) -> list[Any]:
    """Return the errors that a linker would report for `plan`."""
    link = linker.command(plan)
    archives = link.archives(name for name in link.packages if name not in INVENTED)
    provided = {unit for path in archives for unit in V3.archives[path].provides}
    return [*linker.missing(archives), *linker.doubles(archives), *sorted(linker.mentioned(plan) - provided)]


def test_every_recorded_plan_is_looked_at() -> None:
    assert len(_recorded()) == 136
    assert {target for _, target in _recorded()} == set(catalogue_rows.ALL)


@pytest.mark.parametrize("target", catalogue_rows.ALL)
def test_recorded_plans_link(target: str) -> None:
    plans = {name: plan for (name, on), plan in _recorded().items() if on == target}
    assert {name: problems for name, plan in plans.items() if (problems := _problems(plan))} == {}


@pytest.mark.parametrize("target", catalogue_rows.ALL)
def test_every_device_of_the_catalogue_links(target: str) -> None:
    plans = {name: _app(row.impl).plan(target=target) for name, row in ROWS.items() if target in row.targets}
    assert {name: problems for name, plan in plans.items() if (problems := _problems(plan))} == {}


def test_the_libraries_of_the_tests_are_those_that_unikernels_for_unix_ask_for() -> None:
    plans = [plan for (_, on), plan in _recorded().items() if on == "unix"]
    plans += [_app(row.impl).plan(target="unix") for row in ROWS.values() if "unix" in row.targets]
    asked = {name for plan in plans for name in plan.libraries} - INVENTED
    assert asked <= set(tree.OF_3.libraries)


@settings(deadline=None)
@given(st.data())
def test_devices_of_the_catalogue_link_together(data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(catalogue_rows.ALL))
    rows = sorted(name for name, row in ROWS.items() if target in row.targets)
    chosen = data.draw(st.lists(st.sampled_from(rows), min_size=2, max_size=8, unique=True))
    try:
        plan = _app(*(ROWS[name].impl for name in chosen)).plan(target=target)
    except FunctoriaError:
        return  # two claim one key
    assert _problems(plan) == []


@pytest.mark.parametrize("target", catalogue_rows.ALL)
def test_how_the_archives_are_linked(target: str) -> None:
    link = linker.command(_app(default_random).plan(target=target))
    family = catalogue_rows.FAMILY[target]
    assert link.option("-predicates") == (f"mirage_{family}",)
    assert list(link.packages) == sorted(link.packages, reverse=True)
    assert ("-thread" in link.words) == (family == "unix")
    assert link.option("-dontlink") == (() if family == "unix" else ("unix", "str", "num", "threads"))
    assert "-g" in link.words
    assert "-linkpkg" in link.words


@pytest.mark.parametrize(
    "context",
    [{"target": target, key: True} for key in ("warn_error", "target_debug") for target in catalogue_rows.ALL],
)
@pytest.mark.filterwarnings("ignore:-g does nothing")
def test_compiling_otherwise_is_linked_alike(context: dict[str, Any]) -> None:
    assert linker.command(_app().plan(context)) == linker.command(_app().plan(target=context["target"]))


# The purpose of each of the rules: without it, these archives lack these units.
_CLOCK = ("mirage-clock-unix/mirage_clock_unix.cmxa", "Unix")
_THREADS = [("lwt/unix/lwt_unix.cmxa", unit) for unit in ("Condition", "Mutex", "Thread")]
_ENTROPY = ("mirage-entropy/mirage-entropy.cmxa", "Mirage_OS")
_ARP = [("arp/arp-mirage.cmxa", unit) for unit in ("Ethif_packet", "MProf")]


def test_on_unix_the_order_alone_does_not_link() -> None:
    link = linker.command(_app().plan(target="unix"))
    assert linker.missing(findlib.archives(link.packages, link.predicates - {"mt", "mt_posix"})) == _THREADS


def test_on_unix_neither_threads_nor_the_order_links_less() -> None:
    link = linker.command(_app().plan(target="unix"))
    found = linker.missing(findlib.archives(reversed(link.packages), link.predicates - {"mt", "mt_posix"}))
    assert found == [_CLOCK, *_THREADS]


@pytest.mark.parametrize("target", catalogue_rows.ALL)
def test_without_predicates_entropy_has_no_system(target: str) -> None:
    entropy: Any = foreign("U.Main", random >> job)
    plan = register("entropy", [entropy @ default_random]).plan(target=target, prng="nocrypto")
    link = linker.command(plan)
    common = {predicate for predicate in link.predicates if not predicate.startswith("mirage_")}
    found = linker.missing(findlib.archives(link.packages, frozenset(common), link.option("-dontlink")))
    assert found == ([] if "nocrypto.lwt" in plan.libraries else [_ENTROPY])
    assert linker.missing(link.archives()) == []


@pytest.mark.parametrize("target", catalogue_rows.ALL)
def test_in_alphabetical_order_arp_lacks_ethernet(target: str) -> None:
    protocol: Any = foreign("U.Main", arpv4 >> job)
    link = linker.command(register("arp", [protocol @ farp(etif(default_network))]).plan(target=target))
    assert linker.missing(link.archives(reversed(link.packages))) == _ARP
    assert linker.missing(link.archives()) == []


@pytest.mark.parametrize("target", [name for name in catalogue_rows.ALL if catalogue_rows.FAMILY[name] != "unix"])
def test_link_sh_finds_the_c_objects_of_all_that_is_linked(target: str) -> None:
    """Like MirageOS, it queries with fewer predicates than the link of the OCaml code. No object is lost by that."""
    variable = "xen_linkopts" if catalogue_rows.FAMILY[target] == "xen" else "freestanding_linkopts"
    found = []
    for plan in (plan for (_, on), plan in _recorded().items() if on == target):
        libraries = [name for name in plan.libraries if name not in INVENTED]
        few, all = frozenset(["native"]), linker.command(plan).predicates
        asked = [
            {name: value for name in findlib.order(libraries, under) if (value := _words(name, variable, under))}
            for under in (few, all)
        ]
        assert asked[0] == asked[1]
        found += asked[0]
    assert {"mirage-entropy", "nocrypto"} <= set(found)


def _words(name: str, variable: str, predicates: frozenset[str]) -> list[str]:
    return findlib.value(V3.libraries[name], variable, predicates)


@pytest.fixture(scope="session")
def meta_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("ocamlfind")
    directory = tmp_path_factory.mktemp("findlib")
    findlib.write(directory)
    return directory


@pytest.mark.parametrize("target", catalogue_rows.ALL)
def test_ocamlfind_chooses_and_orders_archives_alike(target: str, meta_files: Path) -> None:
    for plan in {plan.libraries: plan for (_, on), plan in _recorded().items() if on == target}.values():
        link = linker.command(plan)
        asked = [name for name in link.packages if name not in INVENTED]
        query = ["ocamlfind", "query", "-recursive", "-predicates", ",".join(sorted(link.predicates)), "-format"]
        where: dict[str, Any] = {"OCAMLPATH": str(meta_files), "OCAMLFIND_CONF": os.devnull}
        order = run(*query, "%p", *asked, **where).stdout.split()
        assert order == findlib.order(asked, link.predicates)
        lines = run(*query, "%p %a", *asked, **where).stdout.splitlines()  # those that have archives
        archives = {name: findlib.value(V3.libraries[name], "archive", link.predicates) for name in order}
        assert [line.split() for line in lines] == [[name, *files] for name, files in archives.items() if files]
