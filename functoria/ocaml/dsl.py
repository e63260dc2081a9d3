"""The names that functoria itself offers to a config.ml: types, implementations and choices."""

from __future__ import annotations

from typing import Any

from attr import define, field

from functoria import Impl, Type, functor, if_impl, job, match_impl, noop
from functoria.impl import describe
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.abstract_codecs import ValueCodec
from functoria.ocaml.builtin import raw
from functoria.ocaml.checking import checking, something
from functoria.ocaml.errors import argument_at, mistyped, refused
from functoria.ocaml.expected import of_kind
from functoria.ocaml.making import called
from functoria.ocaml.values import UNKNOWN, Construct, Wrapped, named


@define
class TypesOfFile:
    """The device types that a file defines, each by what defines it."""

    known: dict[Any, Type[*tuple[Any, ...]]] = field(factory=dict)
    names: dict[str, int] = field(factory=dict)
    numbers: dict[str, str] = field(factory=dict)
    """The names that `Name.create` returned."""

    def numbered(self, key: Any, prefix: Any, at: Location) -> str:
        """Return a name for `key`: the prefix with a number. Equal keys have equal names."""
        name, head = codecs.STRING.python(key, at), codecs.STRING.python(prefix, at)
        if name not in self.numbers:
            count = sum(each.rstrip("0123456789") == head for each in self.numbers.values())
            self.numbers[name] = f"{head}{count + 1}"
        return self.numbers[name]

    def typ(self, value: Any, at: Location) -> Type[*tuple[Any, ...]]:
        """Return the device type of `typ value`, which depends on the type of `value`."""
        if isinstance(value, Construct) and value.kind is not None:
            key: Any = value.kind
            kind: Any = value.kind
            name = kind[1][0] if isinstance(kind, tuple) and len(kind[1]) == 1 else value.name.lower()
        else:
            key = name = {str: "string", int: "int", bool: "bool"}.get(type(value), "unit")
        found = self.known.get(key)
        if found is None:
            if checking.get() is not None:  # a check must have no effect
                return Type(name)
            self.names[name] = count = self.names.get(name, 0) + 1
            found = self.known[key] = Type(name if count == 1 else f"{name} ({count})")
        return found


def type_in(value: Any, at: Location) -> Type[*tuple[Any, ...]]:
    """Return `value` if it is a type of devices; raise TypeMismatch otherwise."""
    if not isinstance(value, Type):
        raise mistyped(at, f"this is {named(value)}, but a type of devices is expected", objects=[value])
    return value


def impl_in(value: Any, at: Location) -> Impl[*tuple[Any, ...]]:
    """Return `value` if it is an implementation; raise TypeMismatch otherwise."""
    if not isinstance(value, Impl):
        raise mistyped(at, f"this is {named(value)}, but an implementation is expected", objects=[value])
    return value


def _arrow(left: Any, right: Any, at: Location) -> Any:
    a, b = type_in(left, argument_at(at, "", 0)), type_in(right, argument_at(at, "", 1))
    return functor([a], b) if a.parameters else a >> b


def _applied(function: Any, argument: Any, at: Location) -> Any:
    one, two = impl_in(function, argument_at(at, "", 0)), impl_in(argument, argument_at(at, "", 1))
    if not one.signature.parameters:
        raise mistyped(at, f"{describe(one)}, takes no argument, but is applied to {describe(two)}", objects=[one, two])
    return called(one.__matmul__, [two], {}, at)


def _applied_partly(function: Any, argument: Any, at: Location) -> Any:
    """Return the result of an application of which only the functor is known."""
    if function is UNKNOWN:
        return UNKNOWN
    one = impl_in(function, argument_at(at, "", 0))
    if not one.signature.parameters:
        raise mistyped(at, f"{describe(one)}, takes no argument, but is applied", objects=[one])
    return something(Type.of_parts(one.signature.parts[1:]))


def _one_of(*values: Any) -> Any:
    """Return a known implementation among `values`; all branches of a choice have one type."""
    return next((value for value in values if isinstance(value, Impl)), UNKNOWN)


def _if(condition: Any, then: Any, otherwise: Any, at: Location) -> Any:
    value = ValueCodec("bool value", codecs.BOOL).python(condition, at)
    return called(if_impl, [value, impl_in(then, at), impl_in(otherwise, at)], {}, at)


def _match(value: Any, default: Any, cases: Any, at: Location) -> Any:
    value = of_kind(value, "value", "a value of keys", at)
    found: dict[Any, Any] = {}
    pairs = codecs.ListCodec("a list of cases", codecs.TupleCodec("a case", (codecs.ANY, codecs.ANY)))
    for label, impl in pairs.python(cases, at):
        said = label if value.of is None else value.of.python(label, at)
        try:
            found.setdefault(said, impl_in(impl, at))
        except TypeError:
            raise refused(at, f"{named(label)} is not a case that can be compared") from None
    return called(match_impl, [value.value, found], {"default": impl_in(default, at)}, at)


def _dep(impl: Any, at: Location) -> Any:
    return Wrapped("abstract_impl", impl_in(impl, at))


def functions(types: TypesOfFile) -> dict[str, Any]:
    """Return the values of the DSL that both releases have."""
    return {
        "typ": raw("typ", ".", types.typ),
        "@->": raw("@->", ". .", _arrow),
        "$": raw("$", ". .", _applied, partly=_applied_partly),
        "if_impl": raw("if_impl", ". . .", _if, partly=lambda _, one, two, at: _one_of(one, two)),
        "match_impl": raw("match_impl", ". ~default .", _match, partly=lambda _, default, cases, at: _one_of(default)),
        "job": job,
        "noop": noop,
        "dep": raw("dep", ".", _dep),
        "abstract": raw("abstract", ".", _dep),
    }
