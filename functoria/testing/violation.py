"""What an invariant raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from functoria.plan.plan import Plan

T = TypeVar("T")


class Violation(AssertionError):
    """A plan that breaks an invariant of the library. `objects` are the nodes, packages or names that do."""

    def __init__(self, message: str, *objects: object) -> None:
        super().__init__(message)
        self.objects = objects


def broken(plan: Plan, message: str, *objects: object) -> NoReturn:
    """Raise Violation: what `message` says is wrong with `plan`."""
    raise Violation(f"{plan!r}: {message}", *objects)


def understood(plan: Plan, what: str, read: Callable[[str], T], text: str) -> T:
    """What `read` makes of `text`, which is `what` of `plan`. Raises Violation where it cannot be read."""
    try:
        return read(text)
    except ValueError as error:
        raise Violation(f"{plan!r}: {what}: {error}", what) from error
