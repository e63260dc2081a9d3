"""Check the types of code that an evaluation does not reach, by running it on unknown values.

Functions that nothing calls, branches not taken and methods never used are each run once, along all of their branches, with
`UNKNOWN` for values that are not known. An operation on an unknown value gives as much as its type tells, or an unknown value.
What is certainly of the wrong type is refused; anything else that goes wrong, such as an OCaml exception, is ignored.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from functoria import Impl, Type, foreign
from functoria.errors import ConfigError, FunctoriaError, TypeMismatch
from functoria.impl import describe
from functoria.location import Location
from functoria.ocaml.errors import mistyped
from functoria.ocaml.making import recorder
from functoria.ocaml.numbered import Same, numbering
from functoria.ocaml.values import (
    ABSENT,
    UNKNOWN,
    Construct,
    Function,
    List,
    Raised,
    Record,
    Variant,
    Wrapped,
    named,
)

checking: ContextVar[Checks | None] = ContextVar("checking", default=None)
"""The checks being run; None during normal evaluation."""
meeting: ContextVar[Checks | None] = ContextVar("meeting", default=None)
"""The checks of the file being evaluated, for what is to be checked later."""
_STEPS = 100_000
"""The number of calls that all checks of a file may make."""
_DEEPEST = 4
"""The maximum nesting of calls of the file's own functions in a check."""


class Checks:
    """The parts of a file that are still to be checked."""

    def __init__(self) -> None:
        self.on = False
        self.branching = False
        """Whether code outside of functions has branches, since this was last cleared."""
        self._pending: list[Callable[[], Any]] = []
        self._depth = 0
        self._left = _STEPS

    def met(self, run: Callable[[], Any]) -> None:
        """Queue `run`, which runs code that an evaluation may not reach."""
        self._pending.append(run)

    def met_function(self, function: Function) -> None:
        """Queue the body of a function."""
        self.met(
            lambda: function.call([ABSENT if each.optional else UNKNOWN for each in function.parameters], _NOWHERE)
        )

    def settle(self, budget: Any, item: Callable[[], Any]) -> None:
        """Check what was queued, and `item` itself if it has branches. Raises TypeMismatch."""
        if self.branching:
            self.branching = False
            self._pending.insert(0, item)
        if not self._pending:
            return
        left = budget.left
        tokens = (checking.set(self), numbering.set(None), recorder.set(None))
        self.on = True
        try:
            with warnings.catch_warnings(action="ignore"):
                while self._pending and self._left > 0:
                    budget.left = self._left
                    self._attempt(self._pending.pop(0))
                    self._left = budget.left
        finally:
            self._pending.clear()
            self.on = False
            budget.left = left
            checking.reset(tokens[0])
            numbering.reset(tokens[1])
            recorder.reset(tokens[2])

    def _attempt(self, run: Callable[[], Any]) -> None:
        try:
            run()
        except TypeMismatch as error:
            if not touched(error.objects):
                raise
        except (
            Exception
        ):  # of OCaml, of a constructor, or of code that is not written for what is unknown: no type is wrong
            self._depth = 0

    def call(self, function: Function, values: list[Any], at: Location) -> Any:
        """Return what is known of a function's result."""
        if isinstance(function.same, Same):
            if self._depth >= _DEEPEST:
                return UNKNOWN
            self._depth += 1
            try:
                return function.call(values, at)
            finally:
                self._depth -= 1
        if not function.pure:
            return UNKNOWN
        if function.partly is not None and touched(values):
            return function.partly(values, at)
        if function.partly is None and touched(values):
            return UNKNOWN
        try:
            return function.call(values, at)
        except TypeMismatch as error:
            own = [(place, place.span) for place in error.locations[:1]] == [(at, at.span)]
            if touched(error.objects) or (
                own and not function.applies and any(isinstance(v, Function) for v in values)
            ):
                return UNKNOWN
            raise
        except FunctoriaError:
            return UNKNOWN

    def either(self, branches: Iterable[Callable[[], Any]], at: Location) -> Any:
        """Run all branches and return what is known of the result. Raises TypeMismatch if they differ in type."""
        found: list[Any] = []
        for branch in branches:
            depth = self._depth
            try:
                value = branch()
            except TypeMismatch as error:
                if not touched(error.objects):
                    raise
                value = UNKNOWN
            except (FunctoriaError, Raised):
                self._depth = depth
                continue
            if value is not UNKNOWN:
                found.append(value)
        impls = [value for value in found if isinstance(value, Impl)]
        for other in impls[1:]:
            if other.signature != impls[0].signature:
                raise mistyped(
                    at,
                    f"one branch is {describe(impls[0])}, and another one {describe(other)}",
                    objects=[impls[0], other],
                )
        if impls:
            return impls[0]
        kinds = {type(value) for value in found}
        if len(kinds) > 1 and kinds <= {str, int, bool, Wrapped}:
            one, two = found[0], next(value for value in found if type(value) is not type(found[0]))
            raise mistyped(at, f"one branch is {named(one)}, and another one {named(two)}", objects=[one, two])
        return found[0] if len(kinds) == 1 and all(value == found[0] for value in found) else UNKNOWN


def reading(name: str, at: Location) -> bool:
    """Return whether a call of the function `name` has an effect: if the file is read, and not only checked.

    Raises ConfigError if it is called by code of a device, which runs when the application is complete.
    """
    if numbering.get() is not None:
        return True
    if checking.get() is None:
        raise ConfigError(
            f"{name} is called by code of a device, which runs when the application is complete: call it outside of that code",
            objects=[name],
            locations=[at],
        )
    return False


_NOWHERE = Location("", 0)


def touched(value: Any) -> bool:
    """Return whether any part of `value` is unknown."""
    pending, seen = [value], 0
    while pending and seen < 1_000:
        value = pending.pop()
        seen += 1
        if value is UNKNOWN:
            return True
        if isinstance(value, (list, tuple, List)):
            pending.extend(value)
        elif isinstance(value, (Construct, Variant)):
            pending.append(value.argument)
        elif isinstance(value, Record):
            pending.extend(held for _, held in value.fields)
        elif isinstance(value, Wrapped):
            pending.append(value.value)
    return bool(pending)


def something(type: Type[*tuple[Any, ...]]) -> Any:
    """Return an implementation of which only the type is known."""
    return foreign("Something", type)
