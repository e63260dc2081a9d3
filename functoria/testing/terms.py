"""A strategy for whole terms: well-typed applications of given devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attr import field, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from functoria.errors import TypeMismatch
from functoria.impl import AnyImpl, Impl, if_impl
from functoria.testing.untraced import trace_own
from functoria.types import AnyType
from functoria.value import Value


@frozen
class Constructor:
    """A function that makes terms of type `result` from one of each type in `parameters`, then values drawn from `others`.

    Made by `constructor`, or from a device.
    """

    make: Callable[..., AnyImpl]
    parameters: tuple[AnyType, ...]
    result: AnyType
    others: tuple[SearchStrategy[Any], ...] = ()


def constructor(make: Callable[..., AnyImpl], type: AnyType, *others: SearchStrategy[Any]) -> Constructor:
    """Treat the function `make` like a functor of type `type`: `constructor(etif, network >> ethernet)`.

    `others` are strategies for further arguments that are not implementations: `constructor(netif, network, st.text())`.
    """
    return Constructor(make, type.parameters, type.result, others)


@frozen
class Recipe:
    """A recipe for a term. Shared parts are made once, so the term shares them too."""

    make: Callable[..., AnyImpl]
    parts: tuple[Recipe, ...]
    others: tuple[Any, ...] = ()
    condition: Value[bool] | None = field(default=None)
    """The condition, if it is a choice. Its parts are the branches for true and for false."""

    def steps(self) -> list[Recipe]:
        """Return this recipe and all its parts without duplicates, each after its own parts."""
        found: dict[int, Recipe] = {}
        pending: list[tuple[Recipe, bool]] = [(self, False)]
        while pending:
            recipe, entered = pending.pop()
            if entered:
                found.setdefault(id(recipe), recipe)
            elif id(recipe) not in found:
                pending.append((recipe, True))
                pending.extend((part, False) for part in reversed(recipe.parts))
        return list(found.values())

    def build(self, order: Sequence[Recipe] | None = None) -> AnyImpl:
        """Make the term. `order`, like the result of `steps`, lists parts in the order in which to make them."""
        made: dict[int, AnyImpl] = {}
        for recipe in self.steps() if order is None else order:
            made[id(recipe)] = recipe.make(*(made[id(part)] for part in recipe.parts), *recipe.others)
        return made[id(self)]

    def __repr__(self) -> str:
        return f"<recipe of {len(self.steps())} parts: {self.build()!r}>"


def terms(
    devices: Sequence[AnyImpl | Constructor],
    type: AnyType,
    *,
    conditions: SearchStrategy[Value[bool]] | None = None,
    depth: int = 4,
) -> SearchStrategy[AnyImpl]:
    """Draw terms of type `type` made of `devices`: implementations, functors and constructors, each used any number of times.

    Functors are partially applied if `type`, or the type of an argument, is a functor's. Parts of one type are often
    shared. With `conditions` there are choices (`if_impl`) by conditions drawn from it. `depth` is the number of levels
    allowed beyond the minimum. The simplest term has the fewest levels, made of the first devices.

    Raises TypeMismatch if no term of that type can be made, saying what is missing.
    """
    return recipes(devices, type, conditions=conditions, depth=depth).map(Recipe.build)


def recipes(
    devices: Sequence[AnyImpl | Constructor],
    type: AnyType,
    *,
    conditions: SearchStrategy[Value[bool]] | None = None,
    depth: int = 4,
) -> SearchStrategy[Recipe]:
    """Draw recipes for terms as drawn by `terms`, to make them repeatedly or in another order."""
    known = _Known([_constructor(device) for device in devices])
    least = known.least(type)
    if least is None:
        missing = sorted({str(wanted) for wanted in known.wanted(type) if not known.made(wanted)})
        why = f"nothing makes {', '.join(missing)}" if missing else "all that makes it needs one of its kind"
        raise TypeMismatch(f"no term of type {type} can be made of these devices: {why}", objects=[type])
    return _recipes(known, type, least + depth, conditions)


@st.composite
def _recipes(
    draw: st.DrawFn, known: _Known, type: AnyType, levels: int, conditions: SearchStrategy[Value[bool]] | None
) -> Recipe:
    trace_own()
    made: dict[AnyType, list[Recipe]] = {}
    flips = st.booleans()

    def recipe(wanted: AnyType, levels: int) -> Recipe:
        shared = made.setdefault(wanted, [])
        if shared:
            again: bool = draw(flips)
            if again:
                return draw(st.sampled_from(shared))
        ways = [(level, way) for level, way in known.ways(wanted) if level <= levels]
        result: Recipe | None = None
        if conditions is not None and levels > (known.least(wanted) or 0) and draw(st.integers(0, 3)) == 3:
            condition = draw(conditions)
            branches = tuple(recipe(wanted, levels - 1) for _ in range(2))
            result = Recipe(_if(condition), branches, condition=condition)
        else:
            _, way = draw(st.sampled_from(sorted(ways, key=lambda found: found[0])))
            parts = tuple(recipe(parameter, levels - 1) for parameter in way.parameters)
            result = Recipe(way.make, parts, tuple(draw(other) for other in way.others))
        shared.append(result)
        return result

    return recipe(type, levels)


def _if(condition: Value[bool]) -> Callable[[AnyImpl, AnyImpl], AnyImpl]:
    def make(then: AnyImpl, otherwise: AnyImpl) -> AnyImpl:
        return if_impl(condition, then, otherwise, keys=condition.keys)

    return make


def _constructor(device: AnyImpl | Constructor) -> Constructor:
    if isinstance(device, Constructor):
        return device
    if not isinstance(device, Impl):
        raise TypeMismatch(f"{device!r} is neither a device nor a constructor", objects=[device])
    signature = device.signature
    return Constructor(_applied(device), signature.parameters, signature.result)


def _applied(device: AnyImpl) -> Callable[..., AnyImpl]:
    def make(*arguments: AnyImpl) -> AnyImpl:
        result: Any = device
        for argument in arguments:
            result = result @ argument
        return result  # type: ignore[no-any-return]  # an application of an Impl is one

    return make


class _Known:
    """Constructors, and the minimal number of levels of terms of each type."""

    def __init__(self, constructors: Sequence[Constructor]) -> None:
        self._constructors = constructors
        self._ways: dict[AnyType, list[Constructor]] = {}
        self._least: dict[AnyType, int] = {}

    def least(self, type: AnyType) -> int | None:
        """Return the minimal number of levels of terms of `type`; None if there are no such terms."""
        if type not in self._ways:
            self._survey(type)
        return self._least.get(type)

    def ways(self, type: AnyType) -> list[tuple[int, Constructor]]:
        """Return the constructors that can make `type`, each with the minimal number of levels."""
        if type not in self._ways:
            self._survey(type)
        return [(level, way) for way in self._ways[type] if (level := self._level(way, self._least)) is not None]

    def made(self, type: AnyType) -> bool:
        """Return whether anything results in `type`, even if its arguments cannot be made."""
        return bool(self._making(type))

    def wanted(self, type: AnyType) -> list[AnyType]:
        """Return `type` and all types needed to make it, transitively."""
        found = {type: None}
        for wanted in (order := [type]):
            for way in self._making(wanted):
                order.extend(parameter for parameter in way.parameters if parameter not in found)
                found.update(dict.fromkeys(way.parameters))
        return list(found)

    def _survey(self, type: AnyType) -> None:
        for wanted in self.wanted(type):
            self._ways[wanted] = self._making(wanted)
        changed = True
        while changed:
            changed = False
            for wanted, ways in self._ways.items():
                levels = [level for way in ways if (level := self._level(way, self._least)) is not None]
                if levels and min(levels) != self._least.get(wanted):
                    self._least[wanted] = min(levels)
                    changed = True

    def _level(self, way: Constructor, least: Mapping[AnyType, int]) -> int | None:
        levels = [least.get(parameter) for parameter in way.parameters]
        known = [level for level in levels if level is not None]
        return None if len(known) < len(levels) else 1 + max(known, default=0)

    def _making(self, type: AnyType) -> list[Constructor]:
        """Return what results in `type`, each reduced to the parameters that must be applied for it."""
        found = []
        for one in self._constructors:
            parts = (*one.parameters, *one.result.parts)
            first = len(parts) - len(type.parts)
            if first >= 0 and parts[first:] == type.parts and (first == len(one.parameters) or not one.others):
                found.append(Constructor(one.make, parts[:first], type, one.others))
        return found
