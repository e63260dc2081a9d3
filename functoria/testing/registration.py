"""What Hypothesis calls when it is imported: `from_type` then knows the types of the core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from functoria.app import App
from functoria.bounds import Bounds
from functoria.context import Context
from functoria.converter import Converter
from functoria.device import Device, Foreign
from functoria.impl import Impl
from functoria.key import Key
from functoria.package import Package
from functoria.plan import Plan
from functoria.types import Type
from functoria.value import Value
from functoria.version import Version


def register() -> None:
    """Tell Hypothesis how to make what an application consists of: from versions and keys to devices, and plans of it."""
    from functoria.testing import strategies
    from functoria.testing.applications import applications, contexts_alone, plans
    from functoria.testing.devices import devices, types

    st.register_type_strategy(Version, strategies.versions())
    st.register_type_strategy(Bounds, strategies.bounds())
    st.register_type_strategy(Package, strategies.packages())
    st.register_type_strategy(Converter, _by_argument(strategies.converters_of))
    st.register_type_strategy(Key, _by_argument(strategies.keys_of))
    st.register_type_strategy(Value, _by_argument(strategies.values_like))
    st.register_type_strategy(Type, types())
    st.register_type_strategy(App, applications())
    st.register_type_strategy(Context, contexts_alone())
    st.register_type_strategy(Plan, plans())
    for implementation in (Impl, Device, Foreign):
        st.register_type_strategy(implementation, devices())


def _by_argument(make: Callable[[Any], SearchStrategy[Any]]) -> Callable[[Any], SearchStrategy[Any]]:
    """What `make` makes of the argument of a generic type, `int` for `Key[int]`; of any where there is none."""

    def strategy(thing: Any) -> SearchStrategy[Any]:
        return make(next(iter(get_args(thing)), Any))

    return strategy
