"""The result of an operation on a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, Literal, TypeVar

from attr import field, frozen

import functoria.errors
from functoria.errors import FunctoriaError, FunctoriaWarning
from functoria.fleet.case import Case
from functoria.loading.frames import frames, text_of
from functoria.location import Location
from functoria.plan.plan import Plan
from functoria.span import Span

T_co = TypeVar("T_co", covariant=True)

Outcome = Literal["done", "unsupported", "breaks", "failed"]
"""The outcomes of a case. The devices of an `unsupported` one do not support its choices, which is not a fault of the fleet. The
packages of one that `breaks` cannot be installed, according to an audit."""
OUTCOMES: tuple[Outcome, ...] = ("done", "unsupported", "breaks", "failed")


@frozen
class Result(Generic[T_co]):
    """The result of an operation on a case."""

    case: Case
    outcome: Outcome
    value: T_co | None = None
    """The value; None if the case is unsupported or failed."""
    error: FunctoriaError | None = field(default=None, eq=str)
    """Why there is no value: an error with the worker's class, message and locations, but without the objects."""
    seconds: float = field(default=0.0, eq=False)
    """The worker's time in seconds, also for a result of an earlier run."""
    warnings: tuple[FunctoriaWarning, ...] = field(default=(), eq=lambda warned: [*map(str, warned)])
    """The warnings."""
    output: str = field(default="", eq=False, repr=False)
    """The output of the configuration, devices and tools: the last OUTPUT characters."""
    kept: bool = field(default=False, eq=False)
    """Whether it is from an earlier run."""

    @property
    def ok(self) -> bool:
        """Whether the case is done, or unsupported."""
        return self.outcome in ("done", "unsupported")

    def get(self) -> T_co:
        """Return the value, or raise the error if there is none."""
        if self.error is not None:
            raise self.error
        assert self.value is not None
        return self.value

    def plan(self) -> Plan:
        """Plan the case in this process, for what its outline lacks. Loads its configuration. Raises what planning raises."""
        return self.case.configuration.load().app.plan(dict(self.case.choices))

    def to_data(self) -> dict[str, Any]:
        """Return the result without its value as plain data."""
        return {
            **self.case.to_data(),
            "outcome": self.outcome,
            "seconds": round(self.seconds, 3),
            "kept": self.kept,
            "error": None if self.error is None else written(self.error),
            "warnings": [each.message for each in self.warnings],
            "output": self.output,
        }


def written(error: BaseException) -> dict[str, Any]:
    """Return an error as plain data."""
    if not isinstance(error, FunctoriaError):
        said = text_of(error)
        return {
            "kind": "FunctoriaError",
            "message": f"{type(error).__name__}: {said}" if said else type(error).__name__,
            "more": [],
            "at": places(place.location for place in frames(error)),
        }
    return {
        "kind": type(error).__name__,
        "message": error.message,
        "more": list(error.more),
        "at": places(error.locations),
    }


def places(locations: Iterable[Location]) -> list[list[Any]]:
    """Return locations as plain data."""
    return [[place.file, place.line, place.span, place.part] for place in locations]


def read(data: Mapping[str, Any]) -> FunctoriaError:
    """Return the error that `written` wrote, with the same class if it is one of this library's."""
    kind = getattr(functoria.errors, data["kind"], None)
    if not (isinstance(kind, type) and issubclass(kind, FunctoriaError)):
        kind = FunctoriaError
    return kind(data["message"], more=data["more"], locations=located(data["at"]))


def located(data: Iterable[list[Any]]) -> list[Location]:
    """Return the locations that `places` wrote."""
    return [Location(file, line, None if span is None else Span(*span), part) for file, line, span, part in data]
