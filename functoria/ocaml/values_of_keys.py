"""The functions with which a configuration in OCaml builds values that depend on keys."""

from __future__ import annotations

from typing import Any

from attr import field, frozen

from functoria import Info, Value, lift
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.abstract_codecs import ValueCodec, native
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.expected import of_kind
from functoria.ocaml.making import called
from functoria.ocaml.uncaught import uncaught
from functoria.ocaml.values import Raised, Wrapped


@frozen
class _Calls:
    """Calls an OCaml function with the contents of values."""

    function: Any
    at: Location = field(eq=False)

    def __call__(self, *values: Any) -> Any:
        try:
            return apply(self.function, [Given(value) for value in values], self.at)
        except Raised as raised:
            raise uncaught(raised, self.at) from None


@frozen
class _Partial:
    at: Location = field(eq=False)

    def __call__(self, function: Any, value: Any) -> Any:
        return _Calls(function, self.at)(value)


def value_in(value: Any, at: Location) -> Wrapped:
    """Return `value` if it is a value of keys; raise TypeMismatch otherwise."""
    return of_kind(value, "value", "a value of keys", at)


def wrapped_value(value: Value[Any]) -> Wrapped:
    """Wrap a value that depends on keys, of unknown type."""
    return Wrapped("value", value)


def mapped(function: Any, value: Any, at: Location) -> Wrapped:
    """Apply a function to a value that depends on keys."""
    return wrapped_value(called(native(value_in(value, at)).map, [_Calls(function, at)], {}, at))


def applied(function: Any, value: Any, at: Location) -> Wrapped:
    """Apply a function to another value, where both depend on keys."""
    held = [native(value_in(each, at)) for each in (function, value)]
    return wrapped_value(called(lift, [_Partial(at), *held], {}, at))


@frozen
class _Choose:
    then: Any
    otherwise: Any

    def __call__(self, condition: Any) -> Any:
        return self.then if condition is True else self.otherwise


def chosen(condition: Any, then: Any, otherwise: Any, at: Location) -> Wrapped:
    """Choose one of two things by a value that depends on keys."""
    held = ValueCodec("bool value", codecs.BOOL).python(condition, at)
    return wrapped_value(called(held.map, [_Choose(then, otherwise)], {}, at))


def default_of(value: Any, at: Location) -> Any:
    """Return a value with all keys at their defaults."""
    held = native(value_in(value, at))
    return held.evaluate(lambda key: key.default)


def info_of(value: Any, at: Location, kind: str = "info") -> Info:
    """Return the information that hooks receive, if `value` is that; raise TypeMismatch otherwise."""
    found: Info = of_kind(value, kind, kind, at).value
    return found


def evaluated(context: Any, value: Any, at: Location) -> Any:
    """Return a value in a context."""
    info = info_of(context, at, "context")
    return native(value_in(value, at)).evaluate(info.get)
