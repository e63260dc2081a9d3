"""The interface by which the parts of the compiler compile expressions and bind names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from functoria.ocaml import syntax
from functoria.ocaml.apply import Budget
from functoria.ocaml.checking import Checks
from functoria.ocaml.patterns import Matcher, bound, matcher
from functoria.ocaml.scope import Frame, Scope, Variable
from functoria.ocaml.values import Function

Code: TypeAlias = Callable[[Frame], Any]
"""A compiled expression."""


class Coder:
    """Compiles syntax to closures. `globals` are the variables outside of functions."""

    def __init__(self, scope: Scope, budget: Budget) -> None:
        self.scope = scope
        self.budget = budget
        self.globals: Frame = {}
        self._libraries: dict[int, tuple[Any, Code]] = {}
        self._globals: dict[int, Code] = {}
        self.checks = Checks()
        self.selves: set[int] = set()
        """The variables by which objects' own code calls them, by number."""

    def code(self, node: syntax.Expression) -> Code:
        """Compile an expression. Raises ConfigError for an unknown name."""
        raise NotImplementedError

    def branches(self) -> None:
        """Note that the code being compiled has branches, of which an evaluation takes one."""
        if self.scope.activation is None:
            self.checks.branching = True

    def bind(self, names: list[str]) -> list[Variable]:
        """Bind `names` to new variables from here on."""
        variables = [self.scope.variable() for _ in names]
        for name, variable in zip(names, variables, strict=True):
            self.scope.bind(name, variable)
        return variables

    def binder(self, pattern: syntax.Pattern) -> Matcher:
        """Compile `pattern`, binding its names from here on."""
        names = bound(pattern)
        variables = dict(zip(names, self.bind(names), strict=True))
        return matcher(pattern, variables, self.scope)

    def library_value(self, value: Any) -> Code:
        """Return a library's value; of a function a numbered copy whose calls are charged, the same one each time."""
        found = self._libraries.get(id(value))
        if found is None:
            copied = self.budget.charged(value) if isinstance(value, Function) else value
            found = self._libraries[id(value)] = (value, always(copied))
        return found[1]

    def global_(self, number: int) -> Code:
        """Return the code of a variable outside of functions, the same one each time."""
        found = self._globals.get(number)
        if found is None:
            variables = self.globals
            found = self._globals[number] = lambda _: variables[number]
        return found


def always(value: Any) -> Code:
    """Return code that gives `value`."""
    return lambda _: value
