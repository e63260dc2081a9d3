"""Compile constructors, tuples, lists and records to closures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functoria.ocaml import syntax
from functoria.ocaml.coder import Code, Coder, always
from functoria.ocaml.errors import mistyped, no_field, refused
from functoria.ocaml.scope import Frame
from functoria.ocaml.values import (
    NIL,
    UNKNOWN,
    Construct,
    Record,
    Ref,
    Variant,
    cons,
    list_of,
    named,
)


class Data(Coder):
    """Compiles expressions that build data."""

    def _construct(self, node: syntax.Construct) -> Code:
        if node.path == ("::",):
            assert isinstance(node.argument, syntax.Tuple)
            return self._cons(node)
        made = self.scope.constructor(node.path, node.at)
        name, kind, build, rank = made.name, made.kind, made.build, made.rank
        if made.takes is not None and (node.argument is not None) != made.takes:
            takes = "takes an argument" if made.takes else "takes no argument"
            raise mistyped(node.at, f"the constructor {name} {takes}")
        if node.argument is None:
            return always(Construct(name, kind=kind, rank=rank))
        argument = self.code(node.argument)
        if build is not None:
            return lambda frame: build(argument(frame))
        return lambda frame: Construct(name, argument(frame), True, kind, rank)

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
            if result is UNKNOWN:
                return UNKNOWN
            if type(result) is not type(NIL):
                raise mistyped(at, f":: adds an element to a list, not to {named(result)}")
            for head in heads:
                result = cons(head(frame), result)
            return result

        return run

    def _variant(self, node: syntax.Variant) -> Code:
        tag = node.tag
        if node.argument is None:
            return always(Variant(tag))
        argument = self.code(node.argument)
        return lambda frame: Variant(tag, argument(frame), True)

    def _backwards(self, nodes: tuple[syntax.Expression, ...]) -> Callable[[Frame], list[Any]]:
        """Evaluate expressions from the last to the first, as OCaml does; return the values in the order of the file."""
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
            return always(NIL)
        values = self._backwards(node.items)
        return lambda frame: list_of(values(frame))

    def _record(self, node: syntax.RecordOf) -> Code:
        names = [path[-1] for path, _ in node.fields]
        if len(set(names)) < len(names):
            raise refused(node.at, "a field is given twice")
        codes = {path[-1]: self.code(value) for path, value in node.fields}
        if node.of is None:
            modules = next((path[:-1] for path, _ in node.fields if len(path) > 1), ())
            declared = self.scope.record(set(names), modules, node.at)

            def made(frame: Frame) -> Record:
                given = {name: codes[name](frame) for name in reversed(declared)}
                return Record(tuple((name, given[name]) for name in declared))

            return made
        of, at = self.code(node.of), node.at

        def run(frame: Frame) -> Any:
            record = of(frame)
            if not isinstance(record, Record):
                for code in reversed(codes.values()):
                    code(frame)
                if record is UNKNOWN:
                    return UNKNOWN
                raise mistyped(at, f"this is {named(record)}, not a record")
            held = dict(record.fields)
            odd = next((name for name in names if name not in held), None)
            if odd is not None:
                raise no_field(odd, held, at)
            for name in reversed(held):
                if name in codes:
                    held[name] = codes[name](frame)
            return Record(tuple(held.items()))

        return run

    def _field(self, node: syntax.Field) -> Code:
        record, name, at = self.code(node.record), node.path[-1], node.at

        def run(frame: Frame) -> Any:
            value = record(frame)
            if value is UNKNOWN:
                return UNKNOWN
            if isinstance(value, Ref) and name == "contents":
                return value.held[0]
            if not isinstance(value, Record):
                raise mistyped(at, f"{named(value)} has no field {name}")
            try:
                return value.get(name)
            except KeyError:
                raise no_field(name, dict(value.fields), at) from None

        return run
