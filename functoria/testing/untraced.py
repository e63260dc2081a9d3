"""Work that Hypothesis does not trace: its phase `explain` follows each line of Python of a test that fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_TRACER = "hypothesis.internal.scrutineer"


@contextmanager
def untraced() -> Iterator[None]:
    """Keep Hypothesis from tracing the block, whose lines say nothing of the test; debuggers and coverage go on.

    Where Python has `sys.monitoring`, from 3.12 on, Hypothesis uses that instead, which costs little.
    """
    tracer = sys.gettrace()
    if type(getattr(tracer, "__self__", None)).__module__ != _TRACER:
        yield
        return
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
