"""The surroundings of an evaluation: files beside the configuration, and environment variables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from attr import define, field

from functoria.ocaml.apply import Budget

Answers = dict[tuple[str, str], Any]
"""Answers by question, so that repeating the evaluation elsewhere gives the same result."""


@define
class Surroundings:
    """The surroundings of an evaluation: the file's directory and name, and the environment."""

    directory: str
    file: str
    environment: Mapping[str, str]
    answers: Answers = field(factory=dict)
    budget: Budget = field(factory=Budget)

    def variable(self, name: str) -> str | None:
        """Return an environment variable; None if it is not set."""
        found: str | None = self._asked("variable", name, self.environment.get)
        return found

    def exists(self, name: str) -> bool | None:
        """Return whether the directory contains this name; None for a name that leads out of it."""
        found: bool | None = self._asked("exists", name, self._inside)
        return found

    def _inside(self, name: str) -> bool | None:
        path = os.path.realpath(os.path.join(self.directory, name))
        return os.path.exists(path) if path == self.directory or path.startswith(self.directory + os.sep) else None

    def _asked(self, what: str, name: str, answer: Callable[[str], Any]) -> Any:
        if (what, name) not in self.answers:
            self.answers[what, name] = answer(name)
        return self.answers[what, name]
