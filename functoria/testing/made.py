"""A strategy for values made from parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")


@st.composite
def made(draw: DrawFn, make: Callable[..., T], /, *parts: SearchStrategy[Any], **named: SearchStrategy[Any]) -> T:
    """Draw the result of `make`, called with values drawn from `parts` and, by name, from `named`.

    Unlike with `hypothesis.strategies.builds`, the result is a whole to Hypothesis. For each part of a result of `builds` or
    `tuples`, the phase `explain` runs some hundred more examples after a failure, to find out which parts matter.
    """
    return make(*(draw(each) for each in parts), **{name: draw(each) for name, each in named.items()})
