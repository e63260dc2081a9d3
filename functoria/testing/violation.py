"""What an invariant raises."""

from __future__ import annotations

from typing import NoReturn

from functoria.plan import Plan


class Violation(AssertionError):
    """A plan that breaks an invariant of the library. `objects` are the nodes, packages or names that do."""

    def __init__(self, message: str, *objects: object) -> None:
        super().__init__(message)
        self.objects = objects


def broken(plan: Plan, message: str, *objects: object) -> NoReturn:
    """Raise Violation: what `message` says is wrong with `plan`."""
    raise Violation(f"{plan!r}: {message}", *objects)
