"""The plugin that Hypothesis calls when it is imported, so that `from_type` knows the types of the core."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from functoria.bounds import Bounds
from functoria.converter import Converter
from functoria.device import Device, Foreign
from functoria.graph.context import Context
from functoria.impl import Impl
from functoria.key import Key
from functoria.package import Package
from functoria.plan.app import App
from functoria.plan.plan import Plan
from functoria.types import Type
from functoria.value import Value
from functoria.version import Version


def register() -> None:
    """Register strategies for the types of the core, from versions and keys to devices and plans."""
    made: dict[type, Callable[[Any], SearchStrategy[Any]]] = {
        Version: lambda _: _testing().versions(),
        Bounds: lambda _: _testing().bounds(),
        Package: lambda _: _testing().packages(),
        Converter: lambda kind: _testing().converters_of(kind),
        Key: lambda kind: _testing().keys_of(kind),
        Value: lambda kind: _testing().values_like(kind),
        Type: lambda _: _testing().types(),
        App: lambda _: _testing().applications(),
        Context: lambda _: _testing().plans().map(lambda plan: plan.context),
        Plan: lambda _: _testing().plans(),
        **dict.fromkeys((Impl, Device, Foreign), lambda _: _testing().devices()),
    }
    for cls, make in made.items():
        st.register_type_strategy(cls, _by_argument(make))


def _testing() -> Any:
    """Import the strategies on first use: they import Hypothesis, which may just be importing this plugin."""
    return import_module("functoria.testing")


def _by_argument(make: Callable[[Any], SearchStrategy[Any]]) -> Callable[[Any], SearchStrategy[Any]]:
    """Apply `make` to the argument of a generic type, such as `int` in `Key[int]`; without an argument, to Any."""

    def strategy(thing: Any) -> SearchStrategy[Any]:
        return make(next(iter(get_args(thing)), Any))

    return strategy
