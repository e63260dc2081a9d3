"""What Hypothesis does not trace: its phase `explain` follows each line of Python that an example runs, once one has failed.

It says which lines only failing examples run. Planning and checking run many lines, and which of the library's those are says
nothing of a configuration. Debuggers and coverage are not concerned.
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
"""What Hypothesis calls itself to `sys.monitoring`, which it uses where Python has that, from 3.12 on."""


class _Filter:
    """Hypothesis's tracer, told of the user's own lines alone. Files are looked at once, for one that begins is all of a kind."""

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
        """Return what `sys.settrace` is to call for the lines of a function that is called, if any."""
        return self.told(frame, event, argument) if self.is_own(frame.f_code) else None

    def line(self, code: CodeType, number: int) -> Any:
        """Handle a line that `sys.monitoring` reports."""
        if self.is_own(code):
            return self.told(code, number)
        if sys.version_info >= (3, 12):
            return sys.monitoring.DISABLE
        return None


def trace_own() -> None:
    """Have Hypothesis, if it is tracing, trace lines of the user's own files alone, until the example ends.

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
    """Keep Hypothesis from tracing anything of the block.

    From Python 3.12 on this is `trace_own`: what is filtered out there costs nothing.
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
