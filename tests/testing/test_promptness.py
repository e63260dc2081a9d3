"""A property that fails says so soon: what is checked is not traced, and `quick` leaves out what would trace the rest."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis.internal import scrutineer

from functoria import foreign, job
from functoria.testing import check, contexts, quick
from functoria.testing.untraced import untraced
from mirage_devices import register

APP = register("plain", [foreign("Unikernel", job)])


class Counting:
    """A tracer that counts the lines of this library."""

    def __init__(self) -> None:
        self.lines = 0

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        self.lines += event == "line" and "functoria" in frame.f_code.co_filename
        return self.trace


def counted(tracer: Counting, what: Any) -> int:
    before = sys.gettrace()
    sys.settrace(tracer.trace)
    try:
        what()
        assert sys.gettrace() == tracer.trace
    finally:
        sys.settrace(before)
    return tracer.lines


def test_only_hypothesis_is_kept_from_tracing() -> None:
    plan = APP.plan()
    check(plan)

    class Theirs(Counting):
        """A tracer as Hypothesis has it."""

    assert counted(Counting(), lambda: check(plan)) > 1000
    Theirs.__module__ = scrutineer.__name__
    assert counted(Theirs(), lambda: check(plan)) < 50


def test_tracing_goes_on_after_an_error() -> None:
    class Theirs(Counting):
        """A tracer as Hypothesis has it."""

    Theirs.__module__ = scrutineer.__name__

    def failing() -> None:
        try:
            with untraced():
                assert sys.gettrace() is None
                raise KeyError
        except KeyError:
            pass

    counted(Theirs(), failing)


def test_quick_is_settings_without_the_phase_that_traces() -> None:
    assert Phase.explain not in quick.phases
    assert {Phase.generate, Phase.shrink} <= set(quick.phases)
    assert quick.deadline is None
    assert settings(quick, max_examples=7).max_examples == 7
    assert Phase.explain not in settings(quick, max_examples=7).phases


def test_a_failing_property_runs_few_examples() -> None:
    runs = 0

    @settings(quick, database=None)
    @given(contexts(APP))
    def fails(context: Any) -> None:
        nonlocal runs
        runs += 1
        assert APP.plan(context).values["target"] != "hvt"

    try:
        fails()
    except AssertionError:
        assert runs < 150
    else:
        raise AssertionError("it should have failed")
