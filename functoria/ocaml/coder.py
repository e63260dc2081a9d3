"""What makes closures of expressions, and lets names be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from functoria.ocaml import syntax
from functoria.ocaml.apply import Budget
from functoria.ocaml.checking import Checks
from functoria.ocaml.numbered import counted
from functoria.ocaml.patterns import Matcher, bound, matcher
from functoria.ocaml.scope import Frame, Scope, Variable
from functoria.ocaml.values import Function

Code: TypeAlias = Callable[[Frame], Any]
"""An expression that is ready to run."""


class Coder:
    """Makes closures of what was read. `globals` are the variables outside of functions."""

    def __init__(self, scope: Scope, budget: Budget) -> None:
        self.scope = scope
        self.budget = budget
        self.globals: Frame = {}
        self._libraries: dict[int, tuple[Any, Code]] = {}
        self._globals: dict[int, Code] = {}
        self.checks = Checks()

    def code(self, node: syntax.Expression) -> Code:
        """The expression, ready to run. Raises ConfigError for a name that is not there."""
        raise NotImplementedError

    def branches(self) -> None:
        """Say that what is made ready has branches, of which an evaluation takes one."""
        if self.scope.activation is None:
            self.checks.branching = True

    def bind(self, names: list[str]) -> list[Variable]:
        """Let `names` be variables from here."""
        variables = [self.scope.variable() for _ in names]
        for name, variable in zip(names, variables, strict=True):
            self.scope.bind(name, variable)
        return variables

    def binder(self, pattern: syntax.Pattern) -> Matcher:
        """`pattern`, whose names are bound from here."""
        names = bound(pattern)
        variables = dict(zip(names, self.bind(names), strict=True))
        return matcher(pattern, variables, self.scope)

    def library_value(self, value: Any) -> Code:
        """A library's value, of functions a copy that is numbered; the same each time."""
        found = self._libraries.get(id(value))
        if found is None:
            copied = value
            if isinstance(value, Function):
                copied = counted(value.called_as(value.same))
            found = self._libraries[id(value)] = (value, always(copied))
        return found[1]

    def global_(self, number: int) -> Code:
        """Return a variable outside of functions; the same one each time."""
        found = self._globals.get(number)
        if found is None:
            variables = self.globals
            found = self._globals[number] = lambda _: variables[number]
        return found


def always(value: Any) -> Code:
    """The expression that is `value`."""
    return lambda _: value
