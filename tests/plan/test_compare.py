"""Edits lead from one plan to the other and back; equal plans have none."""

from __future__ import annotations

import pickle
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import App, Key, Package, arg, foreign, job, package
from functoria.fleet.outline import Outline
from functoria.fleet.questions import digest
from functoria.plan.compare import Digest, Edit, compare
from functoria.testing import contexts
from mirage_devices import default_network, default_random, generic_stackv4, random, register, stackv4
from mirage_devices import v4 as m4
from mirage_devices.v4.testing import packages


def web(bound: str = "3.5.1", hello: str = "Hi") -> App:
    key = Key.opt("hello", arg.string, default=hello)
    main = foreign("Unikernel", stackv4 >> random >> job, keys=[key], packages=[package("tcpip", min=bound)])
    return register("web", [main @ generic_stackv4(default_network) @ default_random])


APP = web()


def applied(digest: Digest, edits: tuple[Edit, ...]) -> tuple[Any, ...]:
    """Return a digest after applying `edits`: keys, packages, devices, files."""
    keys, files = dict(digest.keys), dict(digest.files)
    devices = Counter(module + arguments for (module, arguments), count in digest.devices.items() for _ in range(count))
    packages = {name: list(both) for name, both in digest.packages.items()}
    whole: dict[str, str] = {name: f"{name} {bounds}".strip() for name, (bounds, *_) in packages.items()}
    for edit in edits:
        if edit.what in ("key", "file"):
            texts = keys if edit.what == "key" else files
            assert texts.get(edit.name) == edit.before
            texts.pop(edit.name, None)
            texts.update({} if edit.after is None else {edit.name: edit.after})
        elif edit.what == "device":
            devices.update([] if edit.after is None else [edit.after])
            devices.subtract([] if edit.before is None else [edit.before])
        elif edit.what in ("package", "bounds"):
            whole.pop(edit.name, None)
            after = edit.after if edit.what == "package" or edit.after is None else f"{edit.name} {edit.after}".strip()
            whole.update({} if after is None else {edit.name: after})
    return keys, whole, +devices, files


@settings(deadline=None, max_examples=25)
@given(contexts(APP), contexts(APP), st.sampled_from(["3.5.1", "3.5.2"]))
def test_edits_lead_from_one_plan_to_the_other_and_back(one: Any, two: Any, bound: str) -> None:
    before, after = Digest.of(APP.plan(one)), Digest.of(web(bound).plan(two))
    edits = compare(before, after)
    assert applied(before, edits) == applied(after, ())
    assert Counter(compare(after, before)) == Counter(edit.reversed() for edit in edits)
    assert (edits == ()) is (before == after)
    assert pickle.loads(pickle.dumps(edits)) == edits


@settings(deadline=None, max_examples=10)
@given(contexts(APP))
def test_a_plan_is_like_itself(context: Any) -> None:
    assert compare(APP.plan(context), web().plan(context)) == ()


def test_each_kind_of_edit() -> None:
    edits = compare(APP.plan(), web("3.5.2", "Ho").plan(target="hvt", prng="nocrypto"))
    found = {(edit.kind, edit.what, edit.name): (edit.before, edit.after) for edit in edits}
    assert found["change", "key", "target"] == ("unix", "hvt")
    assert found["change", "key", "hello"] == ("Hi", "Ho")
    assert found["add", "device", "Nocrypto.Rng"] == (None, "Nocrypto.Rng")
    assert found["change", "device", "Udp.Make"] == (
        "Udp.Make(Static_ipv4.Make)(Mirage_random_stdlib)",
        "Udp.Make(Static_ipv4.Make)(Nocrypto.Rng)",
    )
    assert found["change", "bounds", "tcpip"] == ('{>= "3.5.1" & < "3.6.0"}', '{>= "3.5.2" & < "3.6.0"}')
    assert ("remove", "package", "mirage-unix") in found
    assert ("change", "libraries", "tcpip") in found
    assert ("add", "file", "link.sh") in found


@settings(deadline=None)
@given(packages(st.just("p")), packages(st.just("p")))
def test_packages_of_one_name_differ_where_opam_is_told_other_things(one: Package, two: Package) -> None:
    plans = [m4.register("x", [m4.main("Unikernel", m4.job, packages=[each])]).plan() for each in (one, two)]
    merged = [plan.package("p") for plan in plans]
    edits = {edit.what for edit in compare(*plans)}
    assert (merged[0].to_data() != merged[1].to_data()) == bool(edits & {"bounds", "libraries", "scope"})
    assert ("scope" in edits) == (one.scope != two.scope)
    digests = [digest(Outline.of(plan)) for plan in plans]  # as in fleets, without files
    assert {edit.what for edit in compare(*digests)} == edits - {"file"}


@pytest.mark.parametrize("kind", ["add", "remove", "change"])
def test_an_edit_as_data(kind: str) -> None:
    edit = {
        "add": Edit("key", "k", None, "1"),
        "remove": Edit("key", "k", "1", None),
        "change": Edit("key", "k", "1", "2"),
    }[kind]
    assert edit.to_data()["kind"] == kind
    assert edit.reversed().reversed() == edit
