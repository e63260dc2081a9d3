"""Infer the types of expressions by their kinds, and of calls, whose arguments have labels, are optional, or are too many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functoria.ocaml import syntax
from functoria.ocaml.conversions import APPLIED, remedy
from functoria.ocaml.errors import mistyped
from functoria.ocaml.inferred_patterns import InferredPatterns
from functoria.ocaml.ml_types import UNKNOWN_TYPE, Arrow, Con, Ty, Var, found, option_type, shown


class InferredCalls(InferredPatterns):
    """Infers the types of expressions, given the ways of each kind, and those of calls."""

    _ways: dict[type, Callable[[Any, Ty], None]]
    """How each kind of expression is unified with a type."""

    def check(self, node: syntax.Expression, wanted: Ty) -> None:
        """Infer the type of an expression and unify it with `wanted`. Raises TypeMismatch."""
        self._ways[type(node)](node, wanted)

    def infer(self, node: syntax.Expression) -> Ty:
        """Return the type of an expression. Raises TypeMismatch."""
        wanted = self.new()
        self.check(node, wanted)
        return found(wanted)

    def expect(self, node: syntax.Expression, type: Ty, wanted: Ty) -> None:
        """Unify the type of an expression with the expected one. Raises TypeMismatch."""
        if not self.unify(type, wanted):
            one, two = shown(type), shown(wanted)
            error = mistyped(node.at, f"this is of type {one}, but the type {two} is expected", objects=[node])
            error.remedy = remedy(one, two)
            raise error

    def _apply(self, node: syntax.Apply, wanted: Ty) -> None:
        self.expect(node, self._applied(node, self.infer(node.function), list(node.arguments)), wanted)

    def _applied(self, node: syntax.Apply, function: Ty, arguments: list[syntax.Argument]) -> Ty:
        """Return the type of the result of `function` for these arguments."""
        first = True
        while arguments:
            function = found(function)
            if isinstance(function, Var) and not any(each.optional for each in arguments):
                gives: Ty = self.new()
                takes: list[Arrow] = []
                for each in reversed(arguments):
                    gives = Arrow(self.new(), gives, each.label)
                    takes.append(gives)
                self.unify(function, gives)
                for each, arrow in zip(arguments, reversed(takes), strict=True):
                    self.check(each.value, arrow.takes)
                return takes[0].gives
            if not isinstance(function, Arrow):
                return self._not_applied(node, function, arguments, first=first)
            if function.label or arguments[0].label:
                function, arguments = self._given(function, arguments)
            else:  # the first positional argument is for the first parameter, whatever the others are
                self.check(arguments.pop(0).value, function.takes)
                function = function.gives
            first = False
        return function

    def _not_applied(self, node: syntax.Apply, function: Ty, arguments: list[syntax.Argument], *, first: bool) -> Ty:
        """Return the type of a call of something not known to be a function. Raises TypeMismatch if it is certainly not one."""
        if isinstance(function, Con):
            if first:
                said = shown(function)
                error = mistyped(
                    node.function.at, f"this is of type {said}, which is not a function, and cannot be applied"
                )
                error.remedy = APPLIED if said.endswith("impl") else ""
                raise error
            raise mistyped(
                node.at, f"this function is applied to too many arguments: its result is of type {shown(function)}"
            )
        self.unify(function, UNKNOWN_TYPE)
        for each in arguments:
            self.infer(each.value)
        return UNKNOWN_TYPE

    def _given(self, function: Arrow, arguments: list[syntax.Argument]) -> tuple[Ty, list[syntax.Argument]]:
        """Return the type of a function's result for the arguments that it takes, and the arguments left over."""
        parameters: list[Arrow] = []
        gives: Ty = function
        while isinstance(gives, Arrow):
            parameters.append(gives)
            gives = found(gives.gives)
        needed = [number for number, each in enumerate(parameters) if not each.optional]
        by_place = [number for number, each in enumerate(parameters) if not each.label]
        plain = not any(each.label for each in arguments)
        if plain and len(needed) == len(arguments) and len(by_place) < len(needed) and not isinstance(gives, Var):
            by_place = needed  # labels may be left out where all arguments are given
        free = dict.fromkeys(range(len(parameters)))
        pairs: list[tuple[Arrow | None, syntax.Argument]] = []
        rest: list[syntax.Argument] = []
        places = iter(by_place)
        last = -1
        for argument in arguments:
            if argument.label:
                number = next((n for n in free if parameters[n].label == argument.label), None)
            else:
                number = next(places, None)
                last = last if number is None else max(last, number)
            if number is None:
                rest.append(argument)
                continue
            del free[number]
            pairs.append((parameters[number], argument))
        for parameter, argument in pairs:
            type: Ty = UNKNOWN_TYPE if parameter is None else parameter.takes
            if argument.optional:
                type = option_type(type)
            self.check(argument.value, type)
        if any(each.label for each in rest) or (rest and any(not parameters[n].optional for n in free)):
            for argument in rest:  # reported at evaluation
                self.infer(argument.value)
            return UNKNOWN_TYPE, []
        result: Ty = gives
        for number in reversed(free):
            each = parameters[number]
            if not (each.optional and number < last):
                result = Arrow(each.takes, result, each.label, each.optional)
        return (gives if rest else result), rest
