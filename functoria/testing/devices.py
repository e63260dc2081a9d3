"""A strategy for devices that can be combined, for testing functors and this library."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from functoria import arg
from functoria.bounds import Bounds
from functoria.device import foreign
from functoria.impl import AnyImpl
from functoria.key import Key
from functoria.package import Package
from functoria.testing.made import made
from functoria.testing.strategies import module_paths, packages
from functoria.testing.untraced import trace_own
from functoria.types import AnyType, Type, functor, job

_NAMES = ("a", "b", "c", "d")


@cache
def common_types() -> tuple[AnyType, ...]:
    """Return four meaningless types, and `job`."""
    return (*(Type(name) for name in _NAMES), job)


@cache
def common_keys() -> tuple[Key[Any], ...]:
    """Return keys of several kinds and stages that do not clash with each other."""
    return (
        Key.opt("text", arg.string, default="x"),
        Key.opt("number", arg.int, default=3, stage="configure"),
        Key.opt("many", arg.list(arg.int), default=[], stage="run"),
        Key.flag("loud"),
        Key.flag("fast", stage="configure"),
        Key.required("name", arg.string),
        Key.opt("way", arg.enum(["up", "down"]), default="up", stage="configure"),
    )


def common_packages() -> SearchStrategy[Package]:
    """Draw packages with one of five names. They can be merged: all bounds admit version 1.0, and none has a pin."""
    lows, highs = st.sampled_from([None, "0.1", "0.9.2", "1.0"]), st.sampled_from([None, "1.0.1", "2.0", "10"])
    admitting = made(Bounds, lows, highs)
    return packages(st.sampled_from(["p1", "p2", "p3", "p4-unix", "p5"]), admitting, pinned=False)


def types(named: Sequence[AnyType] | None = None) -> SearchStrategy[AnyType]:
    """Draw types over `named`, by default a few meaningless ones: these, functors, and functors of functors.

    The simplest is the first of `named`.
    """
    plain = st.sampled_from(list(common_types() if named is None else named))

    def arrows(inner: SearchStrategy[AnyType]) -> SearchStrategy[AnyType]:
        return made(
            lambda parameters, result: functor(cast(Any, parameters), result),
            st.lists(inner, min_size=1, max_size=3),
            plain,
        )

    return st.recursive(plain, arrows, max_leaves=4)


def devices(
    type: AnyType | None = None,
    *,
    keys: Sequence[Key[Any]] | None = None,
    packages: SearchStrategy[Package] | None = None,
    deps: SearchStrategy[AnyImpl] | None = None,
) -> SearchStrategy[AnyImpl]:
    """Draw modules as made by `foreign`, of type `type` or, by default, of any.

    Each has some of `keys`, some of `packages`, and some dependencies from `deps`. The defaults of the former two can be
    combined in one application, whatever its devices, and there are no `deps`. The simplest has only a module.
    """
    own = list(common_keys() if keys is None else keys)
    return made(
        lambda module, signature, brings, reads, after: foreign(
            module, signature, packages=brings, keys=reads, deps=after
        ),
        module_paths(),
        types() if type is None else st.just(type),
        st.lists(common_packages() if packages is None else packages, max_size=3),
        st.lists(st.sampled_from(own), max_size=3, unique=True) if own else st.just([]),
        st.just([]) if deps is None else st.lists(deps, max_size=2),
    )


@st.composite
def device_sets(draw: st.DrawFn, named: Sequence[AnyType] | None = None) -> list[AnyImpl]:
    """Draw sets of devices for `terms`, from which terms of every type in `named` can be made.

    There is at least one device for each type, and some functors. By default the types are a few meaningless ones, and
    `job`.
    """
    trace_own()
    wanted = list(common_types() if named is None else named)
    plain = [draw(devices(type)) for type in wanted]
    functors = draw(st.lists(types(wanted).filter(lambda type: not type.name), max_size=6))
    return [*plain, *(draw(devices(type)) for type in functors)]
