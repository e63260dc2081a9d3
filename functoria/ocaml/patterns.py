"""Compile patterns to functions that match a value and set the variables of a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from functoria.ocaml import syntax
from functoria.ocaml.errors import mistyped, no_field, refused
from functoria.ocaml.scope import Frame, Scope, Variable
from functoria.ocaml.values import NIL, UNKNOWN, Char, Construct, List, Pair, Parsed, Record, Ref, Variant, named

Matcher: TypeAlias = Callable[[Any, Frame], bool]
"""Returns whether a value matches, and sets the pattern's variables."""


def bound(pattern: syntax.Pattern) -> list[str]:
    """Return the names that a pattern binds. Raises ConfigError if one is bound twice."""
    names = list(_names(pattern))
    if len(set(names)) < len(names):
        raise refused(pattern.at, "a name is bound twice in one pattern")
    return names


def _names(pattern: syntax.Pattern) -> list[str]:
    if isinstance(pattern, syntax.PName):
        return [pattern.name]
    if isinstance(pattern, syntax.PTyped):
        return _names(pattern.pattern)
    if isinstance(pattern, syntax.PAlias):
        return [*_names(pattern.pattern), pattern.name]
    if isinstance(pattern, (syntax.PConstruct, syntax.PVariant)):
        return [] if pattern.argument is None else _names(pattern.argument)
    if isinstance(pattern, (syntax.PTuple, syntax.PList)):
        return [name for item in pattern.items for name in _names(item)]
    if isinstance(pattern, syntax.PRecord):
        return [name for _, item in pattern.fields for name in _names(item)]
    if isinstance(pattern, syntax.POr):
        first = _names(pattern.choices[0])
        for other in pattern.choices[1:]:
            if set(_names(other)) != set(first):
                raise refused(pattern.at, "both sides of | in a pattern must bind the same names")
        return first
    return []


def matcher(pattern: syntax.Pattern, variables: Mapping[str, Variable], scope: Scope) -> Matcher:
    """Compile `pattern`."""
    while isinstance(pattern, syntax.PTyped):
        pattern = pattern.pattern
    if isinstance(pattern, syntax.PAny):
        return lambda value, frame: True
    if isinstance(pattern, syntax.PName):
        number = variables[pattern.name].number
        return _setting(number)
    inner = _matcher(pattern, variables, scope)
    unknown = dict.fromkeys((variables[name].number for name in _names(pattern)), UNKNOWN)

    def match(value: Any, frame: Frame) -> bool:
        if value is UNKNOWN:
            frame.update(unknown)
            return True
        return inner(value, frame)

    return match


def _matcher(pattern: syntax.Pattern, variables: Mapping[str, Variable], scope: Scope) -> Matcher:
    if isinstance(pattern, syntax.PAlias):
        inner, whole = matcher(pattern.pattern, variables, scope), _setting(variables[pattern.name].number)
        return lambda value, frame: inner(value, frame) and whole(value, frame)
    ways: dict[type, Callable[..., Matcher]] = {
        syntax.PConstruct: _construct,
        syntax.PVariant: _variant,
        syntax.PTuple: _tuple,
        syntax.PList: _list,
        syntax.PRecord: _record,
        syntax.POr: _either,
    }
    if isinstance(pattern, syntax.PConstant):
        return _constant(pattern)
    return ways[type(pattern)](pattern, variables, scope)


def _either(pattern: syntax.POr, variables: Mapping[str, Variable], scope: Scope) -> Matcher:
    choices = [matcher(each, variables, scope) for each in pattern.choices]
    return lambda value, frame: any(each(value, frame) for each in choices)


def _setting(number: int) -> Matcher:
    def match(value: Any, frame: Frame) -> bool:
        frame[number] = value
        return True

    return match


def _constant(pattern: syntax.PConstant) -> Matcher:
    wanted, last, at = pattern.value, pattern.last, pattern.at
    if last is not None:
        if not (isinstance(wanted, Char) and isinstance(last, Char)):
            raise refused(at, "a range in a pattern must be of characters")
        low, high = wanted.text, last.text
        return lambda value, frame: isinstance(value, Char) and low <= value.text <= high

    def match(value: Any, frame: Frame) -> bool:
        if type(value) is not type(wanted):
            raise mistyped(
                at, f"this pattern matches {named(wanted)}, but the value is {named(value)}", objects=[value]
            )
        return bool(value == wanted)

    return match


def _construct(pattern: syntax.PConstruct, variables: Mapping[str, Variable], scope: Scope) -> Matcher:
    at = pattern.at
    if pattern.path == ("::",):
        assert isinstance(pattern.argument, syntax.PTuple)
        head, tail = (matcher(each, variables, scope) for each in pattern.argument.items)

        def match_cons(value: Any, frame: Frame) -> bool:
            cell = _a_list(value, pattern)
            return cell is not NIL and head(cell.head, frame) and tail(cell.tail, frame)

        return match_cons
    made = scope.constructor(pattern.path, at)
    if made.holds is not None and pattern.argument is not None:
        holds, inside = made.holds, matcher(pattern.argument, variables, scope)
        return lambda value, frame: holds(value) and inside(value, frame)
    if made.build is not None:
        raise refused(at, f"the constructor {made.name} cannot be matched in a configuration")
    name, kind = made.name, made.kind
    if (
        made.takes is not None
        and (pattern.argument is not None) != made.takes
        and not isinstance(pattern.argument, syntax.PAny)
    ):
        takes = "takes an argument" if made.takes else "takes no argument"
        raise mistyped(at, f"the constructor {name} {takes}")
    argument = None if pattern.argument is None else matcher(pattern.argument, variables, scope)

    def match(value: Any, frame: Frame) -> bool:
        if not isinstance(value, Construct):
            raise mistyped(
                at, f"this pattern matches the constructor {name}, but the value is {named(value)}", objects=[value]
            )
        if isinstance(value, Parsed):
            value = value.of(name)
        if value.name != name or value.kind != kind:
            return False
        return argument is None or argument(value.argument, frame)

    return match


def _variant(pattern: syntax.PVariant, variables: Mapping[str, Variable], scope: Scope) -> Matcher:
    tag, at = pattern.tag, pattern.at
    argument = None if pattern.argument is None else matcher(pattern.argument, variables, scope)

    def match(value: Any, frame: Frame) -> bool:
        if not isinstance(value, Variant):
            raise mistyped(at, f"this pattern matches `{tag}, but the value is {named(value)}", objects=[value])
        if value.tag != tag or value.applied != (argument is not None):
            return False
        return argument is None or argument(value.argument, frame)

    return match


def _tuple(pattern: syntax.PTuple, variables: Mapping[str, Variable], scope: Scope) -> Matcher:
    items = [matcher(each, variables, scope) for each in pattern.items]
    count, at = len(items), pattern.at

    def match(value: Any, frame: Frame) -> bool:
        if count == 2 and isinstance(value, Pair):
            value = value.pair()
        if not isinstance(value, tuple) or len(value) != count:
            raise mistyped(
                at, f"this pattern matches a tuple of {count}, but the value is {named(value)}", objects=[value]
            )
        return all(item(each, frame) for item, each in zip(items, value, strict=True))

    return match


def _list(pattern: syntax.PList, variables: Mapping[str, Variable], scope: Scope) -> Matcher:
    items = [matcher(each, variables, scope) for each in pattern.items]

    def match(value: Any, frame: Frame) -> bool:
        cell = _a_list(value, pattern)
        for item in items:
            if cell is NIL or not item(cell.head, frame):
                return False
            cell = cell.tail
        return cell is NIL

    return match


def _a_list(value: Any, pattern: syntax.Pattern) -> List:
    if isinstance(value, List):
        return value
    raise mistyped(pattern.at, f"this pattern matches a list, but the value is {named(value)}", objects=[value])


def _record(pattern: syntax.PRecord, variables: Mapping[str, Variable], scope: Scope) -> Matcher:
    fields = [(path[-1], matcher(each, variables, scope)) for path, each in pattern.fields]
    at = pattern.at

    def match(value: Any, frame: Frame) -> bool:
        if isinstance(value, Ref):
            value = Record((("contents", value.held[0]),))
        if not isinstance(value, Record):
            raise mistyped(at, f"this pattern matches a record, but the value is {named(value)}", objects=[value])
        held = dict(value.fields)
        for name, inner in fields:
            if name not in held:
                raise no_field(name, held, at)
            if not inner(held[name], frame):
                return False
        return True

    return match
