"""What is known of a command before it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

import click


class Part(Enum):
    """What a command is for. The overview lists commands in this order."""

    WRITE = 1
    BUILD = 2
    ASK = 3
    OTHER = 4

    @property
    def heading(self) -> str:
        """The heading in the overview."""
        return {1: "to write a project", 2: "to build it", 3: "to ask about it", 4: "others"}[self.value]


class Listed(NamedTuple):
    """A command: what it is for, its line in the overview, and the function that makes it for its arguments."""

    part: Part
    summary: str
    make: Callable[[Sequence[str]], click.Command]
