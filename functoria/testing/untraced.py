"""Keep Hypothesis from tracing this library: after a failure, its phase `explain` traces each line of Python that runs.

That shows which lines only failing examples run. Planning and checking run many lines of the library, which tell nothing about a
configuration. Debuggers and coverage are not affected.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from functoria.location import is_own

_TRACER = "hypothesis.internal.scrutineer"
_TOOL = "scrutineer"
"""The name under which Hypothesis registers with `sys.monitoring`, which it uses from Python 3.12 on."""


class _Filter:
    """Passes only lines of the user's files on to Hypothesis's tracer. Each file is classified once."""

    def __init__(self, told: Callable[..., Any]) -> None:
        self.told = told
        self._own: dict[str, bool] = {}

    def is_own(self, code: CodeType) -> bool:
        file = code.co_filename
        found = self._own.get(file)
        if found is None:
            found = self._own[file] = is_own(file)
        return found

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Return the trace function for the lines of a called function, if any."""
        return self.told(frame, event, argument) if self.is_own(frame.f_code) else None

    def line(self, code: CodeType, number: int) -> Any:
        """Handle a line that `sys.monitoring` reports."""
        if self.is_own(code):
            return self.told(code, number)
        if sys.version_info >= (3, 12):
            return sys.monitoring.DISABLE
        return None


def trace_own() -> None:
    """If Hypothesis is tracing, restrict it to lines of the user's files until the example ends.

    Strategies call it when they draw, which is before the test plans.
    """
    if sys.version_info >= (3, 12):
        _monitor_own()
        return
    tracer = sys.gettrace()
    if type(getattr(tracer, "__self__", None)).__module__ == _TRACER:
        sys.settrace(_Filter(tracer).trace)  # type: ignore[arg-type]  # it is not None


def _monitor_own() -> None:
    if sys.version_info >= (3, 12):
        monitoring = sys.monitoring
        tool = next((number for number in range(6) if monitoring.get_tool(number) == _TOOL), None)
        if tool is None:
            return
        before = monitoring.register_callback(tool, monitoring.events.LINE, None)
        if before is not None and not isinstance(getattr(before, "__self__", None), _Filter):
            before = _Filter(before).line
        monitoring.register_callback(tool, monitoring.events.LINE, before)


@contextmanager
def untraced() -> Iterator[None]:
    """Keep Hypothesis from tracing anything in the block.

    From Python 3.12 on this is `trace_own`, because filtered lines cost nothing there.
    """
    tracer = sys.gettrace()
    by = getattr(tracer, "__self__", None)
    if not isinstance(by, _Filter) and type(by).__module__ != _TRACER:
        trace_own()
        yield
        return
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
