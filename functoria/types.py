"""Signatures of module implementations: named ones, and functors from some to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, TypeVarTuple

from functoria.errors import InvalidName, TypeMismatch

B = TypeVar("B")
Ts = TypeVarTuple("Ts")
Us = TypeVarTuple("Us")


class Type(Generic[*Ts]):
    """A signature: `Type("time")` is a named one, `time >> console >> job` a functor from two of them to a third.

    Types with the same name are the same. For a type checker `Type[Time, Console, Job]` is that functor, where `Time`
    and so on are classes that serve as labels only: `time: Type[Time] = Type("time")`.

    Raises InvalidName for a name that is not printable text.
    """

    __slots__ = ("_hash", "name", "parts")

    name: str
    """The name; empty for a functor."""
    parts: tuple[AnyType, ...]
    """The parameters, then the result; for a named type itself alone."""

    def __init__(self: Type[Any], name: str) -> None:
        if not isinstance(name, str) or not name or not name.isprintable():
            raise InvalidName(f"{name!r} is no name for a type: use printable text", objects=[name])
        _fill(self, name, (self,))

    @classmethod
    def of_parts(cls, parts: Sequence[AnyType]) -> AnyType:
        """The type with these `parts`: the only one itself, or the functor from the others to the last."""
        return parts[0].result if len(parts) == 1 and parts[0].name else _arrow(tuple(parts))

    @property
    def parameters(self) -> tuple[AnyType, ...]:
        """The types of the arguments; none for a named type."""
        return self.parts[:-1]

    @property
    def result(self) -> AnyType:
        """What remains when all arguments are applied; a named type itself."""
        return self.parts[-1]

    def __rshift__(self: Type[*Us], other: Type[B]) -> Type[*Us, B]:
        """The functor from `self`, or from its parts where it is one already, to `other`: read from the left."""
        if not isinstance(other, Type):
            return NotImplemented
        return _arrow(self.parts + other.parts)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Type):
            return NotImplemented
        if self.name or other.name or hash(self) != hash(other):
            return self.name == other.name != ""
        return self.parts == other.parts

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(self.name or tuple(hash(part) for part in self.parts)))
        assert self._hash is not None
        return self._hash

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Type is immutable: {name} cannot be set")

    def __reduce__(self) -> tuple[Any, ...]:
        return (Type, (self.name,)) if self.name else (_arrow, (self.parts,))

    def __str__(self) -> str:
        return self.name or " >> ".join(str(part) if part.name else f"({part})" for part in self.parts)

    def __repr__(self) -> str:
        return f"Type({self.name!r})" if self.name else f"<Type {self}>"

    if TYPE_CHECKING:
        _hash: int | None


def _fill(type_: AnyType, name: str, parts: tuple[AnyType, ...]) -> None:
    object.__setattr__(type_, "name", name)
    object.__setattr__(type_, "parts", parts)
    object.__setattr__(type_, "_hash", None)


def _arrow(parts: tuple[AnyType, ...]) -> AnyType:
    type_: AnyType = object.__new__(Type)
    _fill(type_, "", parts)
    return type_


def functor(parameters: Sequence[Type[*Us]], result: Type[*Ts]) -> Type[Type[*Us], *Ts]:
    """The functor that takes one argument for each of `parameters`, functors among them, and gives `result`.

    `functor([time >> block], job)` takes a functor; `time >> block >> job` takes a time and a block. A type checker
    follows one parameter; for several, write `functor([a >> b], c >> d)`, or annotate the result.
    """
    if not isinstance(parameters, Sequence) or not all(isinstance(part, Type) for part in (*parameters, result)):
        raise TypeMismatch(
            f"a functor takes a list of types and gives a type, not {parameters!r} and {result!r}", objects=[parameters]
        )
    return _arrow((*parameters, *result.parts))


AnyType: TypeAlias = "Type[*tuple[Any, ...]]"
"""Any type at all, of a functor or not."""


class Job:
    """Label of `job` for type checkers."""


class Argv:
    """Label of `argv` for type checkers."""


class Info:
    """Label of `info` for type checkers."""


job: Type[Job] = Type("job")
"""Something to run: its value is unit, or ignored."""
argv: Type[Argv] = Type("argv")
"""The arguments a unikernel was booted with, an array of strings."""
info: Type[Info] = Type("info")
"""What a unikernel knows of its own build."""
