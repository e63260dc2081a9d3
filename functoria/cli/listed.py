"""The description of a command from which it is listed, and made when needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

import click

_HEADINGS = ("To write a project", "To build it", "To ask about it", "Others")


class Part(Enum):
    """The purpose of a command. The overview lists commands in this order."""

    WRITE = 1
    BUILD = 2
    ASK = 3
    OTHER = 4

    @property
    def heading(self) -> str:
        """The heading in the overview."""
        return _HEADINGS[self.value - 1]


class Listed(NamedTuple):
    """A command: its purpose, its line in the overview, and the function that makes it for its arguments."""

    part: Part
    summary: str
    make: Callable[[Sequence[str]], click.Command]
