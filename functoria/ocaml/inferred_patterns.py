"""Infer the types of patterns, of declarations, and of written types."""

from __future__ import annotations

from typing import Any

from functoria.location import Location
from functoria.ocaml import syntax
from functoria.ocaml.errors import mistyped
from functoria.ocaml.ml_types import (
    BOOL,
    CHAR,
    EXN,
    FLOAT,
    GENERIC,
    IMPL,
    INT,
    STRING,
    TYP,
    UNIT,
    UNKNOWN_TYPE,
    VARIANT,
    Arrow,
    Con,
    Inference,
    Ty,
    Var,
    list_type,
    option_type,
    shown,
)
from functoria.ocaml.patterns import bound
from functoria.ocaml.scope import Made, Names, Scope
from functoria.ocaml.values import Char, Int64

_KNOWN = {"int", "string", "float", "bool", "char", "unit", "int64", "exn"}
_OF_TWO = {"Ok": "result", "Error": "result", "Left": "Either.t", "Right": "Either.t"}
_EXCEPTIONS = {
    "Not_found",
    "Exit",
    "End_of_file",
    "Division_by_zero",
    "Match_failure",
    "Assert_failure",
    "Stack_overflow",
}
_OF_ONE = {"list", "option", "ref", "lazy_t"}


class Head:
    """The identity of a type that the file defines."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Case:
    """A constructor that the file defines: the types of its arguments, None if they are not known, and of its result."""

    __slots__ = ("gives", "takes")

    def __init__(self, takes: list[Ty] | None, gives: Ty) -> None:
        self.takes = takes
        self.gives = gives


class Fields(tuple[str, ...]):
    """The names of a record type's fields, and their types."""

    types: dict[str, Ty]
    type: Ty


class InferredPatterns(Inference):
    """Infers types of patterns. `scope` holds the types of visible values, and the file's own constructors and fields."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope
        self.named_variables: dict[str, Ty] = {}
        """The variables that the item names."""

    # Patterns

    def bind(self, pattern: syntax.Pattern, type: Ty) -> None:
        """Bind the names of a pattern that matches values of `type`. Raises TypeMismatch."""
        if isinstance(pattern, syntax.PName):
            self.scope.bind(pattern.name, type)
        elif isinstance(pattern, syntax.PAlias):
            self.bind(pattern.pattern, type)
            self.scope.bind(pattern.name, type)
        elif isinstance(pattern, syntax.PTyped):
            self._matches(pattern, self.written(pattern.type), type)
            self.bind(pattern.pattern, type)
        elif isinstance(pattern, syntax.PConstant):
            self._matches(pattern, self.of_constant(pattern.value), type)
        elif isinstance(pattern, syntax.PTuple):
            items: list[Ty] = [self.new() for _ in pattern.items]
            self._matches(pattern, Con("*", items), type)
            for each, item in zip(pattern.items, items, strict=True):
                self.bind(each, item)
        elif isinstance(pattern, syntax.PList):
            held = self.new()
            self._matches(pattern, list_type(held), type)
            for each in pattern.items:
                self.bind(each, held)
        elif isinstance(pattern, syntax.PRecord):
            self._bind_record(pattern, type)
        elif isinstance(pattern, syntax.POr):
            self._bind_either(pattern, type)
        elif isinstance(pattern, syntax.PVariant):
            self._matches(pattern, VARIANT, type)
            if pattern.argument is not None:
                self.bind(pattern.argument, UNKNOWN_TYPE)
        elif isinstance(pattern, syntax.PConstruct):
            self._bind_construct(pattern, type)

    def _matches(self, pattern: syntax.Pattern, own: Ty, type: Ty) -> None:
        if not self.unify(own, type):
            raise mistyped(
                pattern.at, f"this pattern matches values of type {shown(own)}, but the type {shown(type)} is expected"
            )

    def _bind_record(self, pattern: syntax.PRecord, type: Ty) -> None:
        names = {path[-1] for path, _ in pattern.fields}
        if names == {"contents"}:
            fields: dict[str, Ty] = {"contents": self.new()}
            own: Ty = Con("ref", (fields["contents"],))
        else:
            fields, own = self.record(names, pattern.fields[0][0][:-1], pattern.at)
        self._matches(pattern, own, type)
        for path, each in pattern.fields:
            self.bind(each, fields.get(path[-1], UNKNOWN_TYPE))

    def _bind_either(self, pattern: syntax.POr, type: Ty) -> None:
        first: dict[str, Any] = {}
        for number, each in enumerate(pattern.choices):
            self.bind(each, type)
            for name in bound(each):
                value = self.scope.value((name,), each.at)
                if number and not self.unify(value, first[name]):
                    raise mistyped(
                        each.at,
                        f"{name} is of type {shown(value)} here, and {shown(first[name])} on the other side of |",
                    )
                first.setdefault(name, value)

    def _bind_construct(self, pattern: syntax.PConstruct, type: Ty) -> None:
        if pattern.path == ("::",):
            pair: Any = pattern.argument
            held = self.new()
            self._matches(pattern, list_type(held), type)
            self.bind(pair.items[0], held)
            self.bind(pair.items[1], list_type(held))
            return
        takes, gives = self.constructor(pattern.path, pattern.at)
        self._matches(pattern, gives, type)
        argument = pattern.argument
        if argument is None or isinstance(argument, syntax.PAny):
            return
        if takes is not None and len(takes) == 1:
            self.bind(argument, takes[0])
        elif takes is not None and isinstance(argument, syntax.PTuple) and len(argument.items) == len(takes):
            for each, item in zip(argument.items, takes, strict=True):
                self.bind(each, item)
        elif takes is not None:
            raise mistyped(
                pattern.at, f"this constructor takes {len(takes)} values in parentheses: match them one by one"
            )
        else:
            self.bind(argument, UNKNOWN_TYPE)

    def hint(self, pattern: syntax.Pattern, type: Ty) -> None:
        """Unify `type` with the type that a pattern states, if it states one."""
        if isinstance(pattern, syntax.PTyped):
            self._matches(pattern, self.written(pattern.type), type)

    def bound_types(self, pattern: syntax.Pattern) -> list[Ty]:
        """Return the types of the names that a pattern binds."""
        return [self.scope.layers[-1].values[name] for name in bound(pattern)]

    def of_constant(self, value: object) -> Ty:
        """Return the type of a literal."""
        if isinstance(value, bool):
            return BOOL
        kinds: list[tuple[type, Ty]] = [(int, INT), (str, STRING), (float, FLOAT), (Char, CHAR), (tuple, UNIT)]
        found = next((type for kind, type in kinds if isinstance(value, kind)), UNKNOWN_TYPE)
        return Con("int64") if isinstance(value, Int64) else found

    # Constructors and fields

    def constructor(self, path: syntax.Path, at: Location) -> tuple[list[Ty] | None, Ty]:
        """Return the types of a constructor's arguments, None if they are not known, and of its result."""
        made: Any = self.scope.constructor(path, at)
        if isinstance(made, Case):
            variables: dict[int, Var] = {}
            takes = None if made.takes is None else [self.instance(each, variables) for each in made.takes]
            return takes, self.instance(made.gives, variables)
        assert isinstance(made, Made)
        if made.kind is not None or made.build is not None:
            return None, UNKNOWN_TYPE
        item = self.new()
        if made.name in ("Some", "None"):
            return ([item] if made.takes else []), option_type(item)
        if made.name in _OF_TWO:
            other, head = self.new(), _OF_TWO[made.name]
            return [item], Con(head, (item, other) if made.name in ("Ok", "Left") else (other, item))
        if made.name in ("Failure", "Invalid_argument", "Sys_error"):
            return [STRING], EXN
        return None, EXN if made.name in _EXCEPTIONS else UNKNOWN_TYPE

    def record(self, names: set[str], modules: syntax.Path, at: Location) -> tuple[dict[str, Ty], Ty]:
        """Return the field types of the record type with these fields, and that type; unknown if several have such fields."""
        layers = [self.scope.module(modules, at)] if modules else self.scope.layers
        having: list[Any] = [held for layer in layers for held in layer.records.values() if names & set(held)]
        if len(having) != 1 or not isinstance(having[0], Fields):
            return {}, UNKNOWN_TYPE
        variables: dict[int, Var] = {}
        only: Fields = having[0]
        fields = {name: self.instance(type, variables) for name, type in only.types.items()}
        return fields, self.instance(only.type, variables)

    # Declarations

    def declare(self, item: syntax.Types) -> None:
        """Make types that are declared together visible."""
        layer = self.scope.layers[-1]
        made: list[tuple[syntax.Declared, dict[str, Ty]]] = []
        for each in item.types:
            variables: dict[str, Ty] = {name: Var(GENERIC) for name in each.parameters}
            type = Con(Head(each.name), [variables.get(name, UNKNOWN_TYPE) for name in each.parameters])
            layer.types[each.name] = (list(variables.values()), type)
            made.append((each, variables))
        for each, variables in made:
            own = layer.types[each.name][1]
            if each.same is not None:
                same = UNKNOWN_TYPE if each.opaque else self.written(each.same, variables)
                layer.types[each.name] = (list(variables.values()), same)
            for case in each.constructors:
                self._declare_case(layer, case, own, variables)
            if each.fields:
                fields = Fields(name for name, _ in each.fields)
                fields.types = {name: self.written(type, variables) for name, type in each.fields}
                fields.type = own
                layer.records[each.name] = fields

    def declare_exception(self, item: syntax.Exn) -> None:
        """Make a declared exception visible."""
        self._declare_case(self.scope.layers[-1], item.made, EXN, {})

    def _declare_case(self, layer: Names, case: syntax.Constructor, gives: Ty, variables: dict[str, Ty]) -> None:
        several = any(case.name in each.constructors for each in self.scope.layers)
        if several or case.takes is None:  # the type depends on the context
            made = Case(None, UNKNOWN_TYPE)
        else:
            made = Case([self.written(each, variables) for each in case.takes], gives)
        layer.constructors[case.name] = made  # type: ignore[assignment]  # as types of values are among the values

    # What is written

    def written(self, type: syntax.TypeExpression, variables: dict[str, Ty] | None = None) -> Ty:
        """Return the type for a written one; `variables` are those of a declaration, by default those of the current item."""
        if isinstance(type, syntax.TypeVariable):
            if type.name == "_":
                return self.new() if variables is None else UNKNOWN_TYPE
            if variables is not None:
                return variables.get(type.name, UNKNOWN_TYPE)
            return self.named_variables.setdefault(type.name, Var(1))
        if isinstance(type, syntax.TypeTuple):
            return Con("*", [self.written(each, variables) for each in type.items])
        if isinstance(type, syntax.TypeArrow):
            return Arrow(
                self.written(type.takes, variables), self.written(type.gives, variables), type.label, type.optional
            )
        return self._named(type, [self.written(each, variables) for each in type.arguments])

    def _named(self, type: syntax.TypeName, arguments: list[Ty]) -> Ty:
        if not type.path:
            return UNKNOWN_TYPE
        *modules, name = type.path
        layers = [self.scope.module(tuple(modules), type.at)] if modules else list(reversed(self.scope.layers))
        for layer in layers:
            declared = layer.types.get(name)
            if declared is not None:
                parameters, own = declared
                if len(parameters) != len(arguments):
                    return UNKNOWN_TYPE
                return _replaced(own, dict(zip(map(id, parameters), arguments, strict=True)))
        if modules:
            same = {("String", "t"): STRING, ("Int64", "t"): Con("int64"), ("Int", "t"): INT}
            return same.get(tuple(type.path), UNKNOWN_TYPE)  # type: ignore[arg-type]  # any other path is not there
        if name in _KNOWN and not arguments:
            return Con(name)
        if name in _OF_ONE and len(arguments) == 1:
            return Con(name, arguments)
        if name == "result" and len(arguments) == 2:
            return Con(name, arguments)
        return {"impl": IMPL, "typ": TYP}.get(name, UNKNOWN_TYPE) if len(arguments) == 1 else UNKNOWN_TYPE


def _replaced(type: Ty, by: dict[int, Ty]) -> Ty:
    """Substitute types for the variables of a type."""
    if isinstance(type, Var):
        return by.get(id(type), type)
    if isinstance(type, Con):
        return Con(type.head, [_replaced(each, by) for each in type.arguments]) if type.arguments else type
    if isinstance(type, Arrow):
        return Arrow(_replaced(type.takes, by), _replaced(type.gives, by), type.label, type.optional)
    return type
