"""OCaml expressions made into Python closures, whose names are looked up once, before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from functoria.location import Location
from functoria.ocaml import syntax
from functoria.ocaml.apply import Budget, Given, apply
from functoria.ocaml.errors import Call, mistyped, refused
from functoria.ocaml.objects import ObjectValue, send
from functoria.ocaml.patterns import Matcher, bound, matcher
from functoria.ocaml.scope import Frame, Made, Names, Scope, Variable
from functoria.ocaml.values import (
    ABSENT,
    NIL,
    NONE,
    Construct,
    Function,
    Parameter,
    Raised,
    Record,
    Suspended,
    Variant,
    cons,
    list_of,
    named,
    some,
)

Code: TypeAlias = Callable[[Frame], Any]
"""An expression that is ready to run."""


class Evaluator:
    """Makes closures of what was read. `globals` are the variables that are no function's."""

    def __init__(self, scope: Scope, budget: Budget) -> None:
        self.scope = scope
        self.budget = budget
        self.globals: Frame = {}
        self._ways: dict[type, Callable[[Any], Code]] = {
            syntax.Name: self._name,
            syntax.Constant: lambda node: _always(node.value),
            syntax.Construct: self._construct,
            syntax.Variant: self._variant,
            syntax.Tuple: self._tuple,
            syntax.ListOf: self._list,
            syntax.RecordOf: self._record,
            syntax.Field: self._field,
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
        """The expression, ready to run. Raises ConfigError for a name that is not there."""
        return self._ways[type(node)](node)

    def items(self, items: tuple[syntax.Item, ...]) -> list[Code]:
        """The items, each of which the next ones see, ready to run in order."""
        return [code for item in items for code in self._item(item)]

    # Items

    def _item(self, item: syntax.Item) -> list[Code]:
        scope = self.scope
        if isinstance(item, syntax.Let):
            return [self._let(item)]
        if isinstance(item, syntax.Evaluate):
            return [self.code(item.body)]
        if isinstance(item, syntax.Open):
            module = scope.module(item.path, item.at)
            if item.included:
                _included(module, scope.layers[-1])
            else:
                scope.open(module)
        elif isinstance(item, syntax.Module):
            return self._module(item)
        elif isinstance(item, syntax.Types):
            layer = scope.layers[-1]
            kind = (item.at, item.names)
            for name, takes in item.constructors:
                layer.constructors[name] = Made(name, takes, kind)
            for name, fields in item.records:
                layer.records[name] = fields
        elif isinstance(item, syntax.Exn):
            scope.layers[-1].constructors[item.name] = Made(item.name, item.argument, (item.at, "exn"))
        return []

    def _module(self, item: syntax.Module) -> list[Code]:
        scope = self.scope
        if item.alias:
            path: Any = item.body
            scope.layers[-1].modules[item.name] = scope.module(path, item.at)
            return []
        body: Any = item.body
        depth = len(scope.layers)
        names = Names(item.name)
        scope.layers.append(names)
        try:
            code = self.items(body)
            for layer in scope.layers[depth + 1 :: 2]:  # what follows an open is the module's own too
                _included(layer, names) if layer is not names else None
            for layer in scope.layers[depth + 2 :: 2]:
                _included(layer, names)
        finally:
            del scope.layers[depth:]
        scope.layers[-1].modules[item.name] = names
        return code

    def _let(self, item: syntax.Let) -> Code:
        if item.recursive:
            return self._let_rec(item)
        made = [(self.code(body), pattern, body) for pattern, body in item.bindings]
        binders = [(code, self._binder(pattern), pattern.at) for code, pattern, _ in made]

        def run(frame: Frame) -> None:
            values = [code(frame) for code, _, _ in binders]
            for (_, matches, at), value in zip(binders, values, strict=True):
                if not matches(value, frame):
                    raise Raised(Construct("Match_failure"), at)

        return run

    def _let_rec(self, item: syntax.Let) -> Code:
        for pattern, body in item.bindings:
            if not isinstance(pattern, syntax.PName) or not isinstance(body, syntax.Fun):
                raise refused(pattern.at, "let rec defines functions")
        variables = self._bind([pattern.name for pattern, _ in item.bindings if isinstance(pattern, syntax.PName)])
        made = [
            (self.code(body), variable.number) for (_, body), variable in zip(item.bindings, variables, strict=True)
        ]

        def run(frame: Frame) -> None:
            functions = [(code(frame), number) for code, number in made]
            for function, number in functions:
                frame[number] = function
            for function, _ in functions:
                for other, number in functions:
                    if number in function.same[1]:
                        function.same[1][number] = other

        return run

    def _bind(self, names: list[str]) -> list[Variable]:
        variables = [self.scope.variable() for _ in names]
        for name, variable in zip(names, variables, strict=True):
            self.scope.bind(name, variable)
        return variables

    def _binder(self, pattern: syntax.Pattern) -> Matcher:
        """`pattern`, whose names are bound from here."""
        names = bound(pattern)
        variables = dict(zip(names, self._bind(names), strict=True))
        return matcher(pattern, variables, self.scope)

    # Expressions

    def _name(self, node: syntax.Name) -> Code:
        found = self.scope.value(node.path, node.at)
        if not isinstance(found, Variable):
            at = node.at
            if isinstance(found, Pending):
                return lambda _: found.value(at)
            return _always(found)
        number = found.number
        if found.owner is None:
            variables = self.globals
            return lambda _: variables[number]
        return lambda frame: frame[number]

    def _construct(self, node: syntax.Construct) -> Code:
        if node.path == ("::",):
            assert isinstance(node.argument, syntax.Tuple)
            return self._cons(node)
        made = self.scope.constructor(node.path, node.at)
        name, kind, build = made.name, made.kind, made.build
        if made.takes is not None and (node.argument is not None) != made.takes:
            takes = "takes an argument" if made.takes else "takes no argument"
            raise mistyped(node.at, f"the constructor {name} {takes}")
        if node.argument is None:
            return _always(Construct(name, kind=kind))
        argument = self.code(node.argument)
        if build is not None:
            return lambda frame: build(argument(frame))
        return lambda frame: Construct(name, argument(frame), True, kind)

    def _cons(self, node: syntax.Construct) -> Code:
        heads: list[Code] = []
        rest: Any = node
        while isinstance(rest, syntax.Construct) and rest.path == ("::",):
            pair: Any = rest.argument
            heads.append(self.code(pair.items[0]))
            rest = pair.items[1]
        tail = self.code(rest)
        at = node.at
        heads.reverse()

        def run(frame: Frame) -> Any:
            result = tail(frame)
            if type(result) is not type(NIL):
                raise mistyped(at, f":: puts something before a list, and not before {named(result)}")
            for head in heads:
                result = cons(head(frame), result)
            return result

        return run

    def _variant(self, node: syntax.Variant) -> Code:
        tag = node.tag
        if node.argument is None:
            return _always(Variant(tag))
        argument = self.code(node.argument)
        return lambda frame: Variant(tag, argument(frame), True)

    def _backwards(self, nodes: tuple[syntax.Expression, ...]) -> Callable[[Frame], list[Any]]:
        """Expressions evaluated as OCaml does, the last one first; the values in the order of the file."""
        codes = [self.code(node) for node in nodes][::-1]

        def run(frame: Frame) -> list[Any]:
            values = [code(frame) for code in codes]
            values.reverse()
            return values

        return run

    def _tuple(self, node: syntax.Tuple) -> Code:
        values = self._backwards(node.items)
        return lambda frame: tuple(values(frame))

    def _list(self, node: syntax.ListOf) -> Code:
        if not node.items:
            return _always(NIL)
        values = self._backwards(node.items)
        return lambda frame: list_of(values(frame))

    def _record(self, node: syntax.RecordOf) -> Code:
        names = [path[-1] for path, _ in node.fields]
        if len(set(names)) < len(names):
            raise refused(node.at, "a field is given twice")
        values = self._backwards(tuple(value for _, value in node.fields))
        if node.of is None:
            modules = next((path[:-1] for path, _ in node.fields if len(path) > 1), ())
            self.scope.record(set(names), modules, node.at)
            return lambda frame: Record(tuple(sorted(zip(names, values(frame), strict=True))))
        of, at = self.code(node.of), node.at

        def run(frame: Frame) -> Record:
            given = values(frame)
            record = of(frame)
            if not isinstance(record, Record):
                raise mistyped(at, f"this is {named(record)}, not a record")
            held = dict(record.fields)
            for name, value in zip(names, given, strict=True):
                if name not in held:
                    raise mistyped(at, f"the record has no field {name}")
                held[name] = value
            return Record(tuple(sorted(held.items())))

        return run

    def _field(self, node: syntax.Field) -> Code:
        record, name, at = self.code(node.record), node.path[-1], node.at

        def run(frame: Frame) -> Any:
            value = record(frame)
            if not isinstance(value, Record):
                raise mistyped(at, f"{named(value)} has no field {name}")
            try:
                return value.get(name)
            except KeyError:
                raise mistyped(at, f"the record has no field {name}") from None

        return run

    def _apply(self, node: syntax.Apply) -> Code:
        arguments = [(self.code(each.value), each.label, each.optional) for each in node.arguments][::-1]
        function = self.code(node.function)
        place = Call(node.at, tuple((each.label, each.value.at) for each in node.arguments))
        budget = self.budget

        def run(frame: Frame) -> Any:
            given = [Given(code(frame), label, optional) for code, label, optional in arguments]
            given.reverse()
            budget.spend(place)
            return apply(function(frame), given, place)

        return run

    def _fun(self, node: syntax.Fun) -> Code:
        parameters = tuple(Parameter(each.label, each.optional) for each in node.parameters)
        last: int | None = None
        with self.scope.function() as activation:
            bindings: list[tuple[Matcher, Code | None, bool, Location]] = []
            for each in node.parameters:
                default = None if each.default is None else self.code(each.default)
                bindings.append((self._binder(each.pattern), default, each.optional, each.pattern.at))
            if node.body is not None:
                body = self.code(node.body)
            else:
                parameters = (*parameters, Parameter())
                choose = self._cases(node.cases)
                last = number = self.scope.variable().number
                body = lambda frame: choose(frame[number], frame, node.at)  # noqa: E731
        captured = tuple(activation.captured)
        place, budget = node.at, self.budget

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

            return Function(parameters, call, _Same(place, held))

        return run

    def _cases(self, cases: tuple[syntax.Case, ...]) -> Callable[[Any, Frame, Location], Any]:
        made: list[tuple[Matcher, Code | None, Code]] = []
        for case in cases:
            with self.scope.nested():
                matches = self._binder(case.pattern)
                guard = None if case.guard is None else self.code(case.guard)
                made.append((matches, guard, self.code(case.body)))

        def run(value: Any, frame: Frame, at: Location) -> Any:
            for matches, guard, body in made:
                if matches(value, frame) and (guard is None or guard(frame) is True):
                    return body(frame)
            raise Raised(Construct("Match_failure"), at)

        return run

    def _match(self, node: syntax.Match) -> Code:
        subject, choose, at = self.code(node.subject), self._cases(node.cases), node.at
        return lambda frame: choose(subject(frame), frame, at)

    def _try(self, node: syntax.Try) -> Code:
        body, choose, at = self.code(node.body), self._cases(node.cases), node.at

        def run(frame: Frame) -> Any:
            try:
                return body(frame)
            except Raised as raised:
                value = raised.value
                try:
                    return choose(value, frame, at)
                except Raised as other:
                    if other.value.name == "Match_failure" and other.at is at:
                        raise raised from None
                    raise

        return run

    def _if(self, node: syntax.If) -> Code:
        condition, then, at = self.code(node.condition), self.code(node.then), node.condition.at
        otherwise = _always(()) if node.otherwise is None else self.code(node.otherwise)
        return lambda frame: then(frame) if _true(condition(frame), at) else otherwise(frame)

    def _logic(self, node: syntax.Logic) -> Code:
        left, right = self.code(node.left), self.code(node.right)
        at, other = node.left.at, node.right.at
        if node.operator == "&&":
            return lambda frame: _true(left(frame), at) and _true(right(frame), other)
        return lambda frame: _true(left(frame), at) or _true(right(frame), other)

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
        body = self.code(node.body)

        def run(frame: Frame) -> Suspended:
            held: list[Any] = []

            def force() -> Any:
                if not held:
                    held.append(body(frame))
                return held[0]

            return Suspended(force)

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

    def _send(self, node: syntax.Send) -> Code:
        value, method, at = self.code(node.object), node.method, node.at
        return lambda frame: send(value(frame), method, at)

    def _object(self, node: syntax.Object) -> Code:
        """An object is a function of itself that makes its methods."""
        with self.scope.function() as activation:
            this: Matcher | None = None if node.this is None else self._binder(node.this)
            values: list[tuple[int, Code]] = []
            methods: list[tuple[str, Code]] = []
            parents: list[tuple[Any, list[tuple[Code, str, bool]], int | None, Location]] = []
            for member in node.members:
                if isinstance(member, syntax.Inherit):
                    parent = self.scope.class_(member.path, member.at)
                    arguments = [(self.code(each.value), each.label, each.optional) for each in member.arguments]
                    alias = None if member.alias is None else self._bind([member.alias])[0].number
                    parents.append((parent, arguments, alias, member.at))
                elif member.value:
                    code = self.code(member.body)
                    values.append((self._bind([member.name])[0].number, code))
            for member in node.members:
                if isinstance(member, syntax.Method) and not member.value:
                    methods.append((member.name, self.code(member.body)))
        captured = tuple(activation.captured)
        place = node.at

        def run(frame: Frame) -> ObjectValue:
            held = {number: frame.get(number) for number in captured}
            made = ObjectValue({}, _Same(place, dict(held)), place)
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
            for name, code in methods:
                made.methods[name] = _method(code, held)
            return made

        return run


class Pending:
    """A library's value that is made when it is used, and may fail there."""

    def __init__(self, make: Callable[[Location], Any]) -> None:
        self.value = make


class _Same:
    """What tells closures apart: where they are written, and what they hold."""

    __slots__ = ("held", "place")

    def __init__(self, place: Location, held: Frame) -> None:
        self.place = place
        self.held = held

    def __getitem__(self, number: int) -> Any:
        return (self.place, self.held)[number]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Same):
            return NotImplemented
        if self is other:
            return True
        return self.place is other.place and self.held == other.held

    def __hash__(self) -> int:
        return hash(self.place)


def _method(code: Code, held: Frame) -> Callable[[], Any]:
    return lambda: code(held)


def _always(value: Any) -> Code:
    return lambda _: value


def _true(value: Any, at: Location) -> bool:
    if value is True or value is False:
        return value
    raise mistyped(at, f"a condition is true or false, and not {named(value)}", objects=[value])


def _included(module: Names, layer: Names) -> None:
    """Let a module have the names of another too."""
    if module.library is not None:
        for name in module.names():
            module.value(name)
    layer.values.update(module.values)
    layer.modules.update(module.modules)
    layer.constructors.update(module.constructors)
    layer.records.update(module.records)
    layer.classes.update(module.classes)
