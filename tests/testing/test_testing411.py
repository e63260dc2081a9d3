"""Strategies for unikernels of MirageOS 4.11, and the results of `check` on their plans."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mirage_devices.v4 as m
from functoria import App, Package
from functoria.testing import Constructor, check, contexts
from mirage_devices.v4.testing import (
    CATALOGUE,
    IN_MEMORY,
    TYPES,
    applications,
    modules,
    packages,
    runtime_args,
    unikernels,
)
from tests.catalogue_rows411 import ROWS

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@pytest.mark.filterwarnings("ignore:two devices claim")
@settings(SLOW, max_examples=30)
@given(applications(), st.data())
def test_every_unikernel_of_the_catalogue_keeps_the_invariants(app: App, data: st.DataObject) -> None:
    plan = app.plan(data.draw(contexts(app)))
    assert {"registered", "started", "demanded", "linked"} <= set(check(plan).invariants)


@settings(SLOW, max_examples=30)
@given(st.data())
def test_every_network_of_the_catalogue_is_for_every_target_s_files(data: st.DataObject) -> None:
    """For example, Xen's files cannot contain a backslash, so an application with one could only be planned without them."""
    ways = [
        each for each in CATALOGUE if isinstance(each, Constructor) and not each.parameters and each.result == m.network
    ]
    made = data.draw(st.sampled_from(ways))
    device = made.make(*(data.draw(each) for each in made.others))
    app = m.register("x", [m.main("Unikernel", m.network >> m.job) @ device], src=None)
    for target in m.TARGETS:
        assert app.plan(target=target).files()


@settings(SLOW)
@given(st.lists(runtime_args(), max_size=4), st.sampled_from(m.TARGETS))
def test_any_runtime_arguments_are_registered_and_handed_on_in_order(given: list[m.RuntimeArg], target: str) -> None:
    app = m.register("x", [m.main("Unikernel", m.job, runtime_args=given)], src=None)
    plan = app.plan(target=target)
    check(plan)
    text = plan.files()["mirage/main.ml"]
    for each in given:
        assert text.count(f"register_arg @@\n  {each.code}\n;;") == 1
    start = next(line for line in text.splitlines() if "Unikernel.start" in line)
    assert len(start.split()) == 2 + len(given) + 3
    brought = {package.name for each in given for package in each.packages}
    assert brought <= {package.name for package in plan.packages}


@given(st.from_type(m.RuntimeArg))
def test_hypothesis_knows_runtime_arguments_by_their_type(given: m.RuntimeArg) -> None:
    assert "." in given.code  # of a type in a module, which Hypothesis could not draw by itself


@given(packages())
def test_packages_are_of_both_scopes(package: Package) -> None:
    assert package.scope in ("monorepo", "switch")
    assert not package.bounds.empty


@settings(SLOW, max_examples=20)
@given(modules(m.job), unikernels())
def test_modules_and_jobs_have_a_plan(module: Any, recipe: Any) -> None:
    assert m.register("x", [module], src=None).plan().files()
    assert recipe.build() == recipe.build()


def test_the_strategies_know_every_constructor() -> None:
    """The catalogue's strategies draw every kind of device in the rows, by its type."""
    made = {
        str(thing.result if isinstance(thing, Constructor) else thing.signature.result)
        for thing in (*CATALOGUE, *IN_MEMORY)
    }
    wanted = {str(row.impl.signature.result) for row in ROWS.values()}
    alone = {"argv", "ethernet", "udpv4", "udpv6", "tcpv4", "tcpv6"}  # made by register, or only for one version of IP
    assert wanted - made <= alone
    assert {str(type) for type in TYPES} <= made
