"""Strategies for whole applications, and for plans of them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from functoria.plan.app import App, register
from functoria.plan.plan import Plan
from functoria.testing.contexts import contexts
from functoria.testing.devices import common_keys, common_types, device_sets
from functoria.testing.strategies import conditions, names
from functoria.testing.terms import terms
from functoria.types import job


@st.composite
def applications(draw: st.DrawFn) -> App:
    """Draw applications of one job, made of meaningless devices, with choices by keys. The simplest is called `a`."""
    deciding = [key for key in common_keys() if key.configurable and key.kind != "required"]
    few = [common_types()[0], job]
    name = draw(names())
    return register(name, [draw(terms(draw(device_sets(few)), job, conditions=conditions(deciding), depth=2))])


def plans(app: App | None = None) -> SearchStrategy[Plan]:
    """Draw plans of `app`, by default of any application. The simplest has all defaults."""
    apps = applications() if app is None else st.just(app)
    return apps.flatmap(lambda each: contexts(each).map(each.plan))
