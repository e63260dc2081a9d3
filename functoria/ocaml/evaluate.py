"""Compile OCaml expressions to Python closures. Names are looked up once, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import itemgetter
from typing import Any

from functoria import Impl
from functoria.errors import FunctoriaError, TypeMismatch
from functoria.later_arguments import told
from functoria.location import Location
from functoria.ocaml import syntax
from functoria.ocaml.apply import Budget, Given, apply, turns
from functoria.ocaml.checking import meeting
from functoria.ocaml.code_data import Data
from functoria.ocaml.code_functions import Functions
from functoria.ocaml.coder import Code, always
from functoria.ocaml.errors import Call, mistyped, refused
from functoria.ocaml.inferred import Inferred
from functoria.ocaml.numbered import counted
from functoria.ocaml.opaque import Pending
from functoria.ocaml.scope import Frame, Made, Scope, Variable
from functoria.ocaml.state import kept
from functoria.ocaml.values import (
    UNKNOWN,
    Construct,
    Function,
    Raised,
    Suspended,
    named,
)


class Evaluator(Data, Functions):
    """Compiles syntax to closures. `globals` are the variables outside of functions."""

    def __init__(self, scope: Scope, budget: Budget) -> None:
        super().__init__(scope, budget)
        self._types = Inferred(scope.layers[0])
        self._ways: dict[type, Callable[[Any], Code]] = {
            syntax.Name: self._name,
            syntax.Constant: lambda node: always(node.value),
            syntax.Construct: self._construct,
            syntax.Variant: self._variant,
            syntax.Tuple: self._tuple,
            syntax.ListOf: self._list,
            syntax.RecordOf: self._record,
            syntax.Field: self._field,
            syntax.Typed: lambda node: self.code(node.body),
            syntax.Apply: self._apply,
            syntax.Fun: self._fun,
            syntax.Match: self._match,
            syntax.Try: self._try,
            syntax.If: self._if,
            syntax.Logic: self._logic,
            syntax.Sequence: self._sequence,
            syntax.Assert: self._assert,
            syntax.Lazy: self._lazy,
            syntax.In: self._in,
            syntax.Send: self._send,
            syntax.Object: self._object,
        }

    def code(self, node: syntax.Expression) -> Code:
        """Compile an expression. Raises ConfigError for an unknown name."""
        return self._ways[type(node)](node)

    def items(self, items: Iterable[syntax.Item]) -> list[Code]:
        """Compile items, to be run in order; each one is visible to the next."""
        return [code for item in items for code in self._item(item)]

    def evaluated(self, items: Iterable[syntax.Item]) -> Iterator[syntax.Item]:
        """Run the items one by one, so that only one item of a long file is in memory.

        An unknown name in a later item, for example, is reported before an earlier item fails at run time.
        """
        rest = iter(items)
        for item in rest:
            failed: Exception | None = None
            first = self.scope.count
            codes = self._item(item)
            token = meeting.set(self.checks)
            try:
                for code in codes:
                    code(self.globals)
                self.checks.settle(self.budget, partial(self._again, codes, range(first + 1, self.scope.count + 1)))
            except (FunctoriaError, Raised) as error:
                failed = error
            finally:
                meeting.reset(token)
            if failed is not None:
                later = [(each, self._item(each))[0] for each in rest]
                if isinstance(failed, TypeMismatch):
                    raise self._narrowed(failed, item)
                for each in (item, *later):  # OCaml reports a type error first
                    self._types.item(each)
                raise failed
            self._types.item(item)
            yield item

    def _narrowed(self, error: TypeMismatch, item: syntax.Item) -> TypeMismatch:
        """Return the error of type inference for an item if OCaml reports that one; evaluation knows more of devices."""
        try:
            self._types.item(item)
        except TypeMismatch as other:
            (whole, *_), (part, *_) = error.locations, other.locations
            if whole.span is None or part.span is None or whole.span == part.span:
                return error
            if whole.span.contains(part.span) or not any(isinstance(each, (Impl, Function)) for each in error.objects):
                return other
        return error

    def _again(self, codes: list[Code], own: range) -> None:
        """Run an item's code again, then restore its variables, whose numbers are `own`."""
        before = {number: self.globals[number] for number in own if number in self.globals}
        try:
            for code in codes:
                code(self.globals)
        finally:
            self.globals.update(before)

    def _item(self, item: syntax.Item) -> list[Code]:
        scope = self.scope
        if isinstance(item, syntax.Let):
            return [self._let(item)]
        if isinstance(item, syntax.Evaluate):
            return [self.code(item.body)]
        if isinstance(item, syntax.Open):
            scope.opened(item)
        elif isinstance(item, syntax.Module):
            return scope.defined(item, self.items) or []
        elif isinstance(item, syntax.Types):
            layer = scope.layers[-1]
            kind = (item.at, tuple(each.name for each in item.types))
            made = [case for each in item.types for case in each.constructors]
            for rank, case in enumerate(made):
                layer.constructors[case.name] = Made(case.name, case.takes != (), kind, rank=rank)
            for each in item.types:
                if each.fields:
                    layer.records[each.name] = tuple(name for name, _ in each.fields)
        elif isinstance(item, syntax.Exn):
            scope.layers[-1].constructors[item.made.name] = Made(
                item.made.name, item.made.takes != (), (item.at, "exn")
            )
        return []

    def _let(self, item: syntax.Let) -> Code:
        if item.recursive:
            return self._let_rec(item)
        if len(item.bindings) == 1 and isinstance(item.bindings[0][0], syntax.PName):
            ((_, body),) = item.bindings
            code = self.code(body)
            (variable,) = self.bind([item.bindings[0][0].name])
            return partial(_set, code, variable.number)
        made = [(self.code(body), pattern, body) for pattern, body in item.bindings]
        binders = [(code, self.binder(pattern), pattern.at) for code, pattern, _ in made]

        def run(frame: Frame) -> None:
            values = [code(frame) for code, _, _ in binders]
            for (_, matches, at), value in zip(binders, values, strict=True):
                if not matches(value, frame):
                    raise Raised(Construct("Match_failure"), at)

        return run

    def _let_rec(self, item: syntax.Let) -> Code:
        for pattern, body in item.bindings:
            if not isinstance(pattern, syntax.PName) or not isinstance(untyped(body), syntax.Fun):
                raise refused(pattern.at, "let rec defines functions")
        variables = self.bind([pattern.name for pattern, _ in item.bindings if isinstance(pattern, syntax.PName)])
        made = [
            (self.code(body), variable.number) for (_, body), variable in zip(item.bindings, variables, strict=True)
        ]

        def run(frame: Frame) -> None:
            functions = [(code(frame), number) for code, number in made]
            for function, number in functions:
                frame[number] = function
            for function, _ in functions:
                for other, number in functions:
                    if number in function.same.held:
                        function.same.held[number] = other

        return run

    def _name(self, node: syntax.Name) -> Code:
        found = self.scope.value(node.path, node.at)
        if not isinstance(found, Variable):
            at = node.at
            if isinstance(found, Pending):
                return lambda _: found.value(at)
            return self.library_value(found)
        return itemgetter(found.number) if found.owner is not None else self.global_(found.number)

    def _apply(self, node: syntax.Apply) -> Code:
        codes = tuple(self.code(each.value) for each in node.arguments)
        labelled = isinstance(node.function, syntax.Name) and any(each.label for each in node.arguments)
        applied: Callable[..., Any] = _applied_by_label if labelled and len(codes) > 1 else _applied
        if _is_chain(node):
            applied = partial(_applied_in_turn, _is_chain(node.arguments[0].value))
        elif self._is_pipe(node):
            applied = _applied_from_left
        return partial(applied, self.code(node.function), codes, Call(node.at, node.arguments))

    def _is_pipe(self, node: syntax.Apply) -> bool:
        """Whether an expression is `value |> function`, with OCaml's own operator."""
        if not isinstance(node.function, syntax.Name) or node.function.path != ("|>",) or len(node.arguments) != 2:
            return False
        return not isinstance(self.scope.value(node.function.path, node.function.at), Variable)

    def _if(self, node: syntax.If) -> Code:
        condition, then, at, place = self.code(node.condition), self.code(node.then), node.condition.at, node.at
        otherwise = always(()) if node.otherwise is None else self.code(node.otherwise)
        checks = self.checks
        self.branches()

        def run(frame: Frame) -> Any:
            chosen = condition(frame)
            if checks.on:
                _true(chosen, at)
                return checks.either([partial(then, frame), partial(otherwise, frame)], place)
            return then(frame) if _true(chosen, at) else otherwise(frame)

        return run

    def _logic(self, node: syntax.Logic) -> Code:
        left, right = self.code(node.left), self.code(node.right)
        at, other, checks = node.left.at, node.right.at, self.checks
        stops = node.operator == "||"
        self.branches()

        def run(frame: Frame) -> Any:
            one = _true(left(frame), at)
            if checks.on:
                _true(right(frame), other)
                return UNKNOWN
            return one if one is stops else _true(right(frame), other)

        return run

    def _sequence(self, node: syntax.Sequence) -> Code:
        codes = [self.code(item) for item in node.items]
        last = codes.pop()

        def run(frame: Frame) -> Any:
            for code in codes:
                code(frame)
            return last(frame)

        return run

    def _assert(self, node: syntax.Assert) -> Code:
        condition, at = self.code(node.condition), node.at

        def run(frame: Frame) -> Any:
            if not _true(condition(frame), at):
                raise Raised(Construct("Assert_failure"), at)
            return ()

        return run

    def _lazy(self, node: syntax.Lazy) -> Code:
        body, checks, first = self.code(node.body), self.checks, [True]

        def run(frame: Frame) -> Suspended:
            held: list[Any] = []
            kept(held)

            def force() -> Any:
                if not held:
                    value = body(frame)
                    if checks.on:  # while checking, this is not its only effect
                        return value
                    held.append(value)
                return held[0]

            if first:
                first.clear()
                checks.met(partial(body, frame))
            return counted(Suspended(force))

        return run

    def _in(self, node: syntax.In) -> Code:
        with self.scope.nested():
            items = self.items(node.items)
            body = self.code(node.body)
        if not items:
            return body

        def run(frame: Frame) -> Any:
            for item in items:
                item(frame)
            return body(frame)

        return run


def untyped(node: syntax.Expression) -> syntax.Expression:
    """Remove type annotations around an expression."""
    while isinstance(node, syntax.Typed):
        node = node.body
    return node


def _set(code: Code, number: int, frame: Frame) -> None:
    frame[number] = code(frame)


def _applied(function: Code, codes: tuple[Code, ...], place: Call, frame: Frame) -> Any:
    """Compile a call, whose arguments are evaluated from right to left."""
    arguments = place.arguments
    given = [Given(codes[n](frame), arguments[n].label, arguments[n].optional) for n in range(len(codes) - 1, -1, -1)]
    given.reverse()
    return apply(function(frame), given, place)


def _is_chain(node: syntax.Expression) -> bool:
    """Whether an expression is `functor $ argument`."""
    if not isinstance(node, syntax.Apply) or len(node.arguments) != 2:
        return False
    return isinstance(node.function, syntax.Name) and node.function.path == ("$",)


def _applied_from_left(function: Code, codes: tuple[Code, ...], place: Call, frame: Frame) -> Any:
    """Compile a value given to a function by `|>`: as in all calls, the argument is evaluated before the function."""
    value = codes[0](frame)
    return apply(function(frame), [Given(value), Given(codes[1](frame))], place)


def _applied_in_turn(inner: bool, function: Code, codes: tuple[Code, ...], place: Call, frame: Frame) -> Any:
    """Compile a functor applied by `$`. The `inner` application gets this argument, which follows its own."""
    after = told.get()
    token = told.set(None)
    try:
        right = codes[1](frame)
        if inner:
            told.set((right, after))
        left = codes[0](frame)
    finally:
        told.reset(token)
    return apply(function(frame), [Given(left), Given(right)], place)


def _applied_by_label(function: Code, codes: tuple[Code, ...], place: Call, frame: Frame) -> Any:
    """Compile a call of a named function, whose arguments are evaluated in the order of its parameters, last to first."""
    arguments, called = place.arguments, function(frame)
    order: Iterable[int] = range(len(codes) - 1, -1, -1)
    if isinstance(called, Function):
        order = turns(called.parameters, tuple(each.label for each in arguments))
    values = {n: codes[n](frame) for n in order}
    return apply(called, [Given(values[n], each.label, each.optional) for n, each in enumerate(arguments)], place)


def _true(value: Any, at: Location) -> bool:
    if value is True or value is False or value is UNKNOWN:
        return value
    raise mistyped(at, f"a condition must be true or false, not {named(value)}", objects=[value])
