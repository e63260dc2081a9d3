"""A strategy for what is made of parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")


@st.composite
def made(draw: DrawFn, make: Callable[..., T], /, *parts: SearchStrategy[Any], **named: SearchStrategy[Any]) -> T:
    """Draw what `make` makes of values drawn from `parts` and, by name, from `named`.

    Unlike `hypothesis.strategies.builds`, it is a whole to Hypothesis: where an example fails, the phase `explain` runs some
    hundred others for each part of what `builds` and `tuples` make, to say which parts matter, and prints the call.
    """
    return make(*(draw(each) for each in parts), **{name: draw(each) for name, each in named.items()})
