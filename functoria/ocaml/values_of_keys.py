"""Values that depend on keys, as OCaml writes them."""

from __future__ import annotations

from typing import Any

from attr import field, frozen

from functoria import Info, Value, lift
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.expected import of_kind
from functoria.ocaml.making import called
from functoria.ocaml.uncaught import uncaught
from functoria.ocaml.values import Raised, Wrapped


@frozen
class _Calls:
    """A function of OCaml, as a function of values."""

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
    """`value` itself, if it is a value of keys; else TypeMismatch."""
    return of_kind(value, "value", "a value of keys", at)


def wrapped_value(value: Value[Any]) -> Wrapped:
    """A value of keys, of a type that is not known."""
    return Wrapped("value", value)


def mapped(function: Any, value: Any, at: Location) -> Wrapped:
    """A value of keys, by a function of what another one is."""
    return wrapped_value(called(codecs.native(value_in(value, at)).map, [_Calls(function, at)], {}, at))


def applied(function: Any, value: Any, at: Location) -> Wrapped:
    """A value of keys that is a function, applied to another."""
    held = [codecs.native(value_in(each, at)) for each in (function, value)]
    return wrapped_value(called(lift, [_Partial(at), *held], {}, at))


@frozen
class _Choose:
    then: Any
    otherwise: Any

    def __call__(self, condition: Any) -> Any:
        return self.then if condition is True else self.otherwise


def chosen(condition: Any, then: Any, otherwise: Any, at: Location) -> Wrapped:
    """One of two things, by a value of keys."""
    held = codecs.ValueCodec("bool value", codecs.BOOL).python(condition, at)
    return wrapped_value(called(held.map, [_Choose(then, otherwise)], {}, at))


def default_of(value: Any, at: Location) -> Any:
    """What a value of keys is where no key is given."""
    held = codecs.native(value_in(value, at))
    return held.evaluate(lambda key: key.default)


def info_of(value: Any, at: Location, kind: str = "info") -> Info:
    """The information that `value` is, as hooks get it; else TypeMismatch."""
    found: Info = of_kind(value, kind, kind, at).value
    return found


def evaluated(context: Any, value: Any, at: Location) -> Any:
    """What a value of keys is in a context."""
    info = info_of(context, at, "context")
    return codecs.native(value_in(value, at)).evaluate(info.get)
