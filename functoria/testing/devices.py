"""A strategy for devices that go together: what a tester of functors, or of this library, applies to one another."""

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
from functoria.testing.strategies import module_paths, packages
from functoria.types import AnyType, Type, functor, job

_NAMES = ("a", "b", "c", "d")


@cache
def common_types() -> tuple[AnyType, ...]:
    """Four types that have no meaning, and `job`."""
    return (*(Type(name) for name in _NAMES), job)


@cache
def common_keys() -> tuple[Key[Any], ...]:
    """Keys of several kinds and stages that clash with none of one another."""
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
    """Packages of five names, whose bounds all admit version 1.0: any of them merge. None is pinned."""
    lows, highs = st.sampled_from([None, "0.1", "0.9.2", "1.0"]), st.sampled_from([None, "1.0.1", "2.0", "10"])
    admitting = st.builds(Bounds, lows, highs)
    return packages(st.sampled_from(["p1", "p2", "p3", "p4-unix", "p5"]), admitting, pinned=False)


def types(named: Sequence[AnyType] | None = None) -> SearchStrategy[AnyType]:
    """Types over `named`, or a few without meaning: these, functors, and functors that take functors. Simplest is the first."""
    plain = st.sampled_from(list(common_types() if named is None else named))

    def arrows(inner: SearchStrategy[AnyType]) -> SearchStrategy[AnyType]:
        return st.builds(
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
    """Modules as `foreign` makes them, of type `type`, or of any.

    Each reads some of `keys`, brings some of `packages`, and comes after some of what `deps` draws; by default those go
    together in one application, whatever devices it has, and there are no `deps`. The simplest has nothing but a module.
    """
    own = list(common_keys() if keys is None else keys)
    return st.builds(
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
    """Devices of which terms of each type of `named` can be made: at least one device for each, and some functors.

    A set for `terms`. By default the types are a few without meaning, and `job`.
    """
    wanted = list(common_types() if named is None else named)
    plain = [draw(devices(type)) for type in wanted]
    functors = draw(st.lists(types(wanted).filter(lambda type: not type.name), max_size=6))
    return [*plain, *(draw(devices(type)) for type in functors)]
