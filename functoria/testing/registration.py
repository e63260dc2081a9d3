"""What Hypothesis calls when it is imported: `from_type` then knows the types of the core."""

from __future__ import annotations

from hypothesis import strategies as st

from functoria.bounds import Bounds
from functoria.converter import Converter
from functoria.device import Device, Foreign
from functoria.impl import Impl
from functoria.key import Key
from functoria.package import Package
from functoria.types import Type
from functoria.value import Value
from functoria.version import Version


def register() -> None:
    """Tell Hypothesis how to make versions, bounds, packages, converters, keys, values, types and devices."""
    from functoria.testing import strategies
    from functoria.testing.devices import devices, types

    st.register_type_strategy(Version, strategies.versions())
    st.register_type_strategy(Bounds, strategies.bounds())
    st.register_type_strategy(Package, strategies.packages())
    st.register_type_strategy(Converter, strategies.converters())
    st.register_type_strategy(Key, strategies.keys())
    st.register_type_strategy(Value, strategies.values())
    st.register_type_strategy(Type, types())
    for implementation in (Impl, Device, Foreign):
        st.register_type_strategy(implementation, devices())
