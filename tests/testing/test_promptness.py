"""A failing property is reported quickly: only the user's own lines are traced, and few examples are needed."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal import scrutineer
from hypothesis.strategies import SearchStrategy

from functoria import foreign, job
from functoria.testing import applications, check, contexts, device_sets, quick, recipes
from functoria.testing.made import made
from functoria.testing.untraced import trace_own, untraced
from mirage_devices import register

UNTRACED = sys.modules[trace_own.__module__].__file__
"""The lines traced most recently, when the tracer is called."""
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
        """A tracer in the form of Hypothesis's own."""

    assert counted(Counting(), lambda: check(plan)) > 1000
    Theirs.__module__ = scrutineer.__name__
    assert counted(Theirs(), lambda: check(plan)) < 50


def test_tracing_goes_on_after_an_error() -> None:
    class Theirs(Counting):
        """A tracer in the form of Hypothesis's own."""

    Theirs.__module__ = scrutineer.__name__

    def failing() -> None:
        try:
            with untraced():
                assert sys.gettrace() is None
                raise KeyError
        except KeyError:
            pass

    counted(Theirs(), failing)


def files_traced(what: Any) -> set[str]:
    """Return the files with lines that Hypothesis traces while `what` runs after a draw, as in an example after a failure."""
    with scrutineer.Tracer(should_trace=True) as tracer:
        trace_own()
        what()
    return {file for branch in tracer.branches for file, _ in filter(None, branch)} - {UNTRACED}


def test_after_a_draw_only_the_users_own_files_are_traced() -> None:
    def planned() -> None:
        trace_own()  # like further draws
        plan = APP.plan()
        plan.files()
        check(plan)

    planned()
    assert files_traced(planned) == {__file__}
    if sys.version_info >= (3, 12):
        sys.monitoring.restart_events()  # otherwise Hypothesis does not look at filtered values again
    with scrutineer.Tracer(should_trace=True) as tracer:
        APP.plan()
    assert any("/plan/" in file for branch in tracer.branches for file, _ in filter(None, branch))


def test_nothing_is_traced_by_asking_for_it() -> None:
    before = sys.gettrace()
    trace_own()
    assert sys.gettrace() is before


@pytest.mark.parametrize("strategy", [contexts(APP), applications(), device_sets(), recipes([foreign("A", job)], job)])
def test_strategies_have_only_own_files_traced(strategy: SearchStrategy[Any]) -> None:
    seen: list[set[str]] = []

    @settings(database=None, deadline=None, max_examples=3, phases=[Phase.generate])
    @given(strategy, st.data())
    def examined(drawn: Any, data: Any) -> None:
        data.draw(strategy)
        with scrutineer.Tracer(should_trace=True) as tracer:
            data.draw(strategy)
            APP.plan()
        seen.append({file for branch in tracer.branches for file, _ in filter(None, branch)})

    examined()
    # The lines before the strategy's own first one belong to the strategy itself.
    assert all(not any("/plan/" in file or "/graph/" in file for file in files) for files in seen)
    assert seen


def runs_of(strategy: SearchStrategy[Any], fails: Any, phases: Any = tuple(Phase)) -> int:
    """Count the examples that run, with Hypothesis's own settings, until a failing property is reported."""
    runs = 0

    @settings(database=None, deadline=None, derandomize=True, phases=phases)
    @given(strategy)
    def failing(drawn: Any) -> None:
        nonlocal runs
        runs += 1
        assert not fails(drawn)

    with pytest.raises(AssertionError):
        failing()
    return runs


def test_to_explain_a_context_its_parts_are_not_varied_one_by_one() -> None:
    assert runs_of(contexts(APP), lambda context: context.get("target") == "hvt") < 150
    assert runs_of(contexts(APP), lambda context: True) < 130


def test_what_is_made_of_parts_is_a_whole() -> None:
    parts = [st.integers() for _ in range(6)]

    def fails(drawn: Any) -> bool:
        return bool(drawn[0] > 100)

    whole = made(lambda *drawn: drawn, *parts)
    assert runs_of(whole, fails) < runs_of(st.builds(lambda *drawn: drawn, *parts), fails) / 3
    assert runs_of(made(dict, make=st.just(1), draw=st.just(2)), lambda drawn: drawn == {"make": 1, "draw": 2}) < 5


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
