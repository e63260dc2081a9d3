"""Infer the types of a program as OCaml does, to refuse what OCaml's type checker certainly refuses.

Types that are not known (those of some library values, of objects, and of anything that depends on either) unify with every
type, so nothing that OCaml accepts is refused for them. All devices have the type `impl` of any type here; whether they fit is
checked where functors are applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from functoria.errors import FunctoriaError, TypeMismatch
from functoria.ocaml import syntax
from functoria.ocaml.errors import mistyped
from functoria.ocaml.format_types import format_type
from functoria.ocaml.inferred_calls import InferredCalls
from functoria.ocaml.library_types import type_of_value
from functoria.ocaml.ml_types import (
    BOOL,
    EXN,
    UNIT,
    UNKNOWN_TYPE,
    VARIANT,
    Arrow,
    Con,
    GaveUp,
    Ty,
    Unknown,
    Var,
    found,
    list_type,
    option_type,
)
from functoria.ocaml.scope import Names, Scope


class Inferred(InferredCalls):
    """Infers the types of a program's items in turn. `library` are the names visible at the beginning of the file."""

    def __init__(self, library: Names) -> None:
        super().__init__(Scope([library, Names()]))
        self._off = False
        self._library: dict[int, tuple[Any, Ty, bool]] = {}
        """The types of values of libraries that were met, by identity, with whether they have no variables."""
        self._ways = {
            syntax.Name: self._name,
            syntax.Constant: self._constant,
            syntax.Construct: self._construct,
            syntax.Variant: self._variant,
            syntax.Tuple: self._tuple,
            syntax.ListOf: self._list,
            syntax.RecordOf: self._record,
            syntax.Field: self._field,
            syntax.Typed: self._typed,
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

    def item(self, item: syntax.Item) -> None:
        """Infer the types of an item, making them visible to the next ones. Raises TypeMismatch."""
        if self._off:
            return
        try:
            self.named_variables.clear()
            self._item(item)
        except TypeMismatch:
            raise
        except (FunctoriaError, GaveUp, RecursionError):  # an unknown name, or something too large
            self._off = True

    # Items

    def _item(self, item: syntax.Item) -> None:
        scope = self.scope
        if isinstance(item, syntax.Let):
            self._let(item)
        elif isinstance(item, syntax.Evaluate):
            self.infer(item.body)
        elif isinstance(item, syntax.Open):
            scope.opened(item)
        elif isinstance(item, syntax.Module):
            scope.defined(item, self._items)
        elif isinstance(item, syntax.Types):
            self.declare(item)
        else:
            self.declare_exception(item)

    def _items(self, items: Iterable[syntax.Item]) -> None:
        for item in items:
            self._item(item)

    def _let(self, item: syntax.Let) -> None:
        self.level += 1
        made: list[tuple[syntax.Pattern, syntax.Expression, Ty]] = [
            (pattern, body, self.new()) for pattern, body in item.bindings
        ]
        if item.recursive:
            for pattern, _, type in made:
                self.bind(pattern, type)
        for pattern, body, type in made:
            self.hint(pattern, type)  # the type in a pattern is known when its expression is checked
            self.check(body, type)
        if not item.recursive:
            for pattern, _, type in made:
                self.bind(pattern, type)
        self.level -= 1
        for pattern, body, type in made:
            valued = self._is_value(body)
            for each in (type, *self.bound_types(pattern)):
                self.generalise(each, valued=valued)

    def _is_value(self, node: syntax.Expression) -> bool:
        """Whether an expression is a syntactic value, whose type OCaml generalises."""
        pending: list[syntax.Expression | None] = [node]
        while pending:
            node_ = pending.pop()
            if isinstance(node_, (syntax.Apply, syntax.Object, syntax.Send, syntax.Logic)):
                return False
            if isinstance(node_, (syntax.Tuple, syntax.ListOf)):
                pending += node_.items
            elif isinstance(node_, (syntax.Construct, syntax.Variant)):
                pending.append(node_.argument)
            elif isinstance(node_, (syntax.Typed, syntax.In, syntax.Lazy)):
                pending.append(node_.body)
                if isinstance(node_, syntax.In):
                    pending += [
                        body for item in node_.items if isinstance(item, syntax.Let) for _, body in item.bindings
                    ]
            elif isinstance(node_, syntax.Sequence):
                pending.append(node_.items[-1])
            elif isinstance(node_, syntax.RecordOf):
                pending += [value for _, value in node_.fields]
            elif isinstance(node_, syntax.If):
                pending += [node_.then, node_.otherwise]
            elif isinstance(node_, (syntax.Match, syntax.Try)):
                pending += [case.body for case in node_.cases]
        return True

    # Expressions

    def _name(self, node: syntax.Name, wanted: Ty) -> None:
        value = self.scope.value(node.path, node.at)
        if isinstance(value, (Var, Con, Arrow, Unknown)):
            self.expect(node, self.instance(value), wanted)
            return
        known = self._library.get(id(value))
        if known is None:
            type = type_of_value(value)
            known = self._library[id(value)] = (value, type, not self.variables(type))
        self.expect(node, known[1] if known[2] else self.instance(known[1]), wanted)

    def _constant(self, node: syntax.Constant, wanted: Ty) -> None:
        if isinstance(node.value, str):
            format = found(wanted)
            if isinstance(format, Con) and format.head == "format":
                type = format_type(self, node.value, format)
                if type is not None:
                    self.expect(node, type, format.arguments[0])
                return
        self.expect(node, self.of_constant(node.value), wanted)

    def _construct(self, node: syntax.Construct, wanted: Ty) -> None:
        if node.path == ("::",):
            self._cons(node, wanted)
            return
        takes, gives = self.constructor(node.path, node.at)
        self.expect(node, gives, wanted)
        self._arguments(node.argument, takes)

    def _cons(self, node: syntax.Construct, wanted: Ty) -> None:
        item = self.new()
        self.expect(node, list_type(item), wanted)
        rest: Any = node
        while isinstance(rest, syntax.Construct) and rest.path == ("::",):
            pair: Any = rest.argument
            self.check(pair.items[0], item)
            rest = pair.items[1]
        self.check(rest, list_type(item))

    def _arguments(self, argument: syntax.Expression | None, takes: list[Ty] | None) -> None:
        """Check the argument of a constructor."""
        if argument is None:
            return
        if takes is None:
            self.infer(argument)
        elif len(takes) == 1:
            self.check(argument, takes[0])
        elif isinstance(argument, syntax.Tuple):
            if len(argument.items) != len(takes):
                raise mistyped(
                    argument.at, f"this constructor takes {len(takes)} values, but {len(argument.items)} are given"
                )
            for item, type in zip(argument.items, takes, strict=True):
                self.check(item, type)
        else:
            raise mistyped(argument.at, f"this constructor takes {len(takes)} values in parentheses, but one is given")

    def _variant(self, node: syntax.Variant, wanted: Ty) -> None:
        self.expect(node, VARIANT, wanted)
        if node.argument is not None:
            self.infer(node.argument)

    def _tuple(self, node: syntax.Tuple, wanted: Ty) -> None:
        items: list[Ty] = [self.new() for _ in node.items]
        self.expect(node, Con("*", items), wanted)
        for item, type in zip(node.items, items, strict=True):
            self.check(item, type)

    def _list(self, node: syntax.ListOf, wanted: Ty) -> None:
        item = self.new()
        self.expect(node, list_type(item), wanted)
        for each in node.items:
            self.check(each, item)

    def _record(self, node: syntax.RecordOf, wanted: Ty) -> None:
        fields, type = self.record({path[-1] for path, _ in node.fields}, node.fields[0][0][:-1], node.at)
        self.expect(node, type, wanted)
        if node.of is not None:
            self.check(node.of, type)
        for path, value in node.fields:
            self.check(value, fields.get(path[-1], UNKNOWN_TYPE))

    def _field(self, node: syntax.Field, wanted: Ty) -> None:
        name = node.path[-1]
        if name == "contents":
            self.infer(node.record)
            return
        fields, type = self.record({name}, node.path[:-1], node.at)
        self.check(node.record, type)
        self.expect(node, fields.get(name, UNKNOWN_TYPE), wanted)

    def _typed(self, node: syntax.Typed, wanted: Ty) -> None:
        type = self.written(node.type)
        self.check(node.body, type)
        self.expect(node, type, wanted)

    def _if(self, node: syntax.If, wanted: Ty) -> None:
        self.check(node.condition, BOOL)
        if node.otherwise is None:
            self.check(node.then, UNIT)
            self.expect(node, UNIT, wanted)
            return
        self.check(node.then, wanted)
        self.check(node.otherwise, wanted)

    def _logic(self, node: syntax.Logic, wanted: Ty) -> None:
        self.check(node.left, BOOL)
        self.check(node.right, BOOL)
        self.expect(node, BOOL, wanted)

    def _sequence(self, node: syntax.Sequence, wanted: Ty) -> None:
        for item in node.items[:-1]:
            self.infer(item)
        self.check(node.items[-1], wanted)

    def _assert(self, node: syntax.Assert, wanted: Ty) -> None:
        self.check(node.condition, BOOL)
        if not (isinstance(node.condition, syntax.Constant) and node.condition.value is False):
            self.expect(node, UNIT, wanted)

    def _lazy(self, node: syntax.Lazy, wanted: Ty) -> None:
        held = self.new()
        self.expect(node, Con("lazy_t", (held,)), wanted)
        self.check(node.body, held)

    def _in(self, node: syntax.In, wanted: Ty) -> None:
        with self.scope.nested():
            self._items(node.items)
            self.check(node.body, wanted)

    def _match(self, node: syntax.Match, wanted: Ty) -> None:
        self.level += 1
        subject = self.infer(node.subject)
        self.level -= 1
        valued = self._is_value(node.subject)
        self.generalise(subject, valued=valued)
        self._cases(node.cases, subject, wanted, valued=valued)

    def _try(self, node: syntax.Try, wanted: Ty) -> None:
        self.check(node.body, wanted)
        self._cases(node.cases, EXN, wanted)

    def _cases(self, cases: tuple[syntax.Case, ...], subject: Ty, wanted: Ty, *, valued: bool = False) -> None:
        for case in cases:
            with self.scope.nested():
                self.level += 1
                self.bind(case.pattern, EXN if case.raised else self.instance(subject))
                self.level -= 1
                for type in self.bound_types(case.pattern):  # the matched value may be polymorphic
                    self.generalise(type, valued=valued)
                if case.guard is not None:
                    self.check(case.guard, BOOL)
                self.check(case.body, wanted)

    def _fun(self, node: syntax.Fun, wanted: Ty) -> None:
        with self.scope.nested():
            taken: list[tuple[syntax.Parameter | None, Ty]] = []
            for each in node.parameters:
                type: Ty = self.new()
                inner: Ty = type
                if each.optional and each.default is not None:
                    self.hint(each.pattern, type)
                    self.check(each.default, type)
                elif each.optional:
                    inner = option_type(type)
                self.bind(each.pattern, inner)
                taken.append((each, type))
            if node.body is None:
                taken.append((None, self.new()))
            gives = self.new()
            whole: Ty = gives
            for parameter, type in reversed(taken):
                label, optional = ("", False) if parameter is None else (parameter.label, parameter.optional)
                whole = Arrow(type, whole, label, optional)
            self.expect(node, whole, wanted)
            if node.body is not None:
                self.check(node.body, gives)
            else:
                self._cases(node.cases, taken[-1][1], gives)

    def _send(self, node: syntax.Send, wanted: Ty) -> None:
        self.infer(node.object)
        self.unify(UNKNOWN_TYPE, wanted)

    def _object(self, node: syntax.Object, wanted: Ty) -> None:
        self.unify(UNKNOWN_TYPE, wanted)
        with self.scope.nested():
            for member in node.members:
                if isinstance(member, syntax.Inherit):
                    for argument in member.arguments:
                        self.infer(argument.value)
                    if member.alias is not None:
                        self.scope.bind(member.alias, UNKNOWN_TYPE)
                elif member.value:
                    type = self.infer(member.body)
                    self.scope.bind(member.name, type)
            if node.this is not None:
                self.bind(node.this, UNKNOWN_TYPE)
            for member in node.members:
                if isinstance(member, syntax.Method) and not member.value:
                    self.infer(member.body)
