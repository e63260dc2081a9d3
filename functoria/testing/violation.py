"""The error that invariants raise."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from functoria.plan.plan import Plan

T = TypeVar("T")


class Violation(AssertionError):
    """A plan violates an invariant. `objects` are the nodes, packages or names concerned."""

    def __init__(self, message: str, *objects: object) -> None:
        super().__init__(message)
        self.objects = objects


def broken(plan: Plan, message: str, *objects: object) -> NoReturn:
    """Raise Violation with `message` about `plan`."""
    raise Violation(f"{plan!r}: {message}", *objects)


def understood(plan: Plan, what: str, read: Callable[[str], T], text: str) -> T:
    """Parse `text`, which is `what` of `plan`, with `read`. Raises Violation if that fails."""
    try:
        return read(text)
    except ValueError as error:
        raise Violation(f"{plan!r}: {what}: {error}", what) from error
