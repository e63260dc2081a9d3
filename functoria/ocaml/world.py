"""What an evaluation sees of the world around it."""

from __future__ import annotations

from collections.abc import Mapping

from attr import define, field

from functoria.ocaml.apply import Budget


@define
class Surroundings:
    """What an evaluation sees of the world: the file's directory and name, and the environment."""

    directory: str
    file: str
    environment: Mapping[str, str]
    budget: Budget = field(factory=Budget)
