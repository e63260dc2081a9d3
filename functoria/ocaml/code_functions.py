"""Compile functions, matches and objects to closures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from functoria.errors import TypeMismatch
from functoria.location import Location
from functoria.ocaml import syntax
from functoria.ocaml.apply import Given
from functoria.ocaml.checking import touched
from functoria.ocaml.coder import Code, Coder
from functoria.ocaml.errors import mistyped
from functoria.ocaml.numbered import Same, counted
from functoria.ocaml.objects import MethodValue, ObjectValue, send
from functoria.ocaml.patterns import Matcher
from functoria.ocaml.scope import Frame, Variable
from functoria.ocaml.values import (
    ABSENT,
    NONE,
    UNKNOWN,
    Construct,
    Function,
    Parameter,
    Raised,
    some,
)


class Functions(Coder):
    """Compiles functions, cases and objects."""

    def _fun(self, node: syntax.Fun) -> Code:
        parameters = tuple(Parameter(each.label, each.optional) for each in node.parameters)
        last: int | None = None
        with self.scope.function() as activation:
            bindings: list[tuple[Matcher, Code | None, bool, Location]] = []
            for each in node.parameters:
                default = None if each.default is None else self.code(each.default)
                bindings.append((self.binder(each.pattern), default, each.optional, each.pattern.at))
            if node.body is not None:
                body = self.code(node.body)
            else:
                parameters = (*parameters, Parameter())
                choose = self._cases(node.cases)
                last = number = self.scope.variable().number
                body = lambda frame: choose(frame[number], frame, node.at)  # noqa: E731
        captured = tuple(activation.captured)
        place, budget, checks, first = node.at, self.budget, self.checks, [True]

        def run(frame: Frame) -> Function:
            held = {number: frame.get(number) for number in captured}

            def call(values: list[Any], at: Location) -> Any:
                budget.spend(at)
                inner = dict(held)
                for (matches, default, optional, pattern_at), value in zip(bindings, values, strict=False):
                    if optional:
                        if default is None:
                            value = NONE if value is ABSENT else some(value)
                        elif value is ABSENT:
                            value = default(inner)
                    if not matches(value, inner):
                        raise Raised(Construct("Match_failure"), pattern_at)
                if last is not None:
                    inner[last] = values[-1]
                return body(inner)

            made = counted(Function(parameters, call, Same(place, held)))
            if first:
                first.clear()
                checks.met_function(made)
            return made

        return run

    def _cases(self, cases: tuple[syntax.Case, ...]) -> Callable[[Any, Frame, Location], Any]:
        made: list[tuple[Matcher, Code | None, Code]] = []
        for case in cases:
            with self.scope.nested():
                matches = self.binder(case.pattern)
                guard = None if case.guard is None else self.code(case.guard)
                made.append((matches, guard, self.code(case.body)))
        checks = self.checks
        self.branches()

        def one(value: Any, frame: Frame, matches: Matcher, guard: Code | None, body: Code) -> Any:
            """Return the value of a case, whether or not it would be taken."""
            try:
                known = matches(value, frame)
            except TypeMismatch as error:
                if not touched(error.objects):
                    raise
                known = False
            if not known:
                matches(UNKNOWN, frame)
            if guard is not None:
                guard(frame)
            return body(frame)

        def run(value: Any, frame: Frame, at: Location) -> Any:
            if checks.on:
                return checks.either([partial(one, value, frame, *case) for case in made], at)
            for matches, guard, body in made:
                if matches(value, frame) and (guard is None or guard(frame) is True):
                    return body(frame)
            raise Raised(Construct("Match_failure"), at)

        return run

    def _match(self, node: syntax.Match) -> Code:
        subject, at, checks = self._subject(node.subject), node.at, self.checks
        choose = self._cases(tuple(case for case in node.cases if not case.raised))
        raising = tuple(case for case in node.cases if case.raised)
        if not raising:
            return lambda frame: choose(subject(frame), frame, at)
        handle = self._cases(raising)

        def run(frame: Frame) -> Any:
            if checks.on:
                return checks.either(
                    [lambda: choose(subject(frame), frame, at), partial(handle, UNKNOWN, frame, at)], at
                )
            try:
                value = subject(frame)
            except Raised as raised:
                return _handled(handle, raised, frame, at)
            return choose(value, frame, at)

        return run

    def _subject(self, node: syntax.Expression) -> Code:
        """Compile what is matched. OCaml evaluates the parts of a tuple written there left to right, without making a tuple."""
        if not isinstance(node, syntax.Tuple):
            return self.code(node)
        codes = tuple(self.code(item) for item in node.items)
        return lambda frame: tuple([code(frame) for code in codes])

    def _try(self, node: syntax.Try) -> Code:
        body, choose, at = self.code(node.body), self._cases(node.cases), node.at

        checks = self.checks

        def run(frame: Frame) -> Any:
            if checks.on:
                return checks.either([partial(body, frame), partial(choose, UNKNOWN, frame, at)], at)
            try:
                return body(frame)
            except Raised as raised:
                return _handled(choose, raised, frame, at)

        return run

    def _object(self, node: syntax.Object) -> Code:
        """Compile an object: a function from the object to its methods."""
        with self.scope.function() as activation:
            this: Matcher | None = None if node.this is None else self.binder(node.this)
            if this is not None:
                bound = self.scope.layers[-1].values.values()
                self.selves.update(each.number for each in bound if isinstance(each, Variable))
            values: list[tuple[int, Code]] = []
            methods: list[syntax.Method] = []
            codes: list[Code] = []
            parents: list[tuple[Any, list[tuple[Code, str, bool]], int | None, Location]] = []
            for member in node.members:
                if isinstance(member, syntax.Inherit):
                    parent = self.scope.class_(member.path, member.at)
                    arguments = [(self.code(each.value), each.label, each.optional) for each in member.arguments]
                    alias = None if member.alias is None else self.bind([member.alias])[0].number
                    if alias is not None:
                        self.selves.add(alias)
                    parents.append((parent, arguments, alias, member.at))
                elif member.value:
                    code = self.code(member.body)
                    values.append((self.bind([member.name])[0].number, code))
            for member in node.members:
                if isinstance(member, syntax.Method) and not member.value:
                    methods.append(member)
                    codes.append(self.code(member.body))
        captured = tuple(activation.captured)
        place, checks, first = node.at, self.checks, [True]
        private = frozenset(each.name for each in methods if each.private)

        def run(frame: Frame) -> ObjectValue:
            held = {number: frame.get(number) for number in captured}
            made = counted(ObjectValue({}, Same(place, dict(held)), place, private))
            for parent, arguments, alias, at in parents:
                given = [Given(code(held), label, optional) for code, label, optional in arguments]
                inherited = parent(given, at)
                made.methods.update(inherited.methods)
                if alias is not None:
                    held[alias] = inherited
            for number, code in values:
                held[number] = code(held)
            if this is not None:
                this(made, held)
            for method, code in zip(methods, codes, strict=True):
                if method.overrides and method.name not in made.methods:
                    raise mistyped(method.at, f"the method {method.name} overrides nothing: write method, without !")
                made.methods[method.name] = MethodValue(code, held, method.at)
            if first:
                first.clear()
                for method in methods:
                    checks.met(made.methods[method.name])
            return made

        return run

    def _send(self, node: syntax.Send) -> Code:
        value, method, at = self.code(node.object), node.method, node.at
        name = self.scope.value(node.object.path, at) if isinstance(node.object, syntax.Name) else None
        own = isinstance(name, Variable) and name.number in self.selves
        return lambda frame: UNKNOWN if (found := value(frame)) is UNKNOWN else send(found, method, at, own=own)


def _handled(choose: Callable[[Any, Frame, Location], Any], raised: Raised, frame: Frame, at: Location) -> Any:
    """Return the value of the matching case for an exception; without one the exception propagates."""
    try:
        return choose(raised.value, frame, at)
    except Raised as other:
        if other.value.name == "Match_failure" and other.at is at:
            raise raised from None
        raise
