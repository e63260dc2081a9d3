"""Signatures of module implementations: named ones, and functors between them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeAlias, TypeVar, TypeVarTuple, cast, final
from weakref import WeakValueDictionary

from functoria.errors import InvalidName, TypeMismatch
from functoria.printable import worded
from functoria.transport import Linked

B = TypeVar("B")
Ts = TypeVarTuple("Ts")
Us = TypeVarTuple("Us")


@final
class Type(Linked, Generic[*Ts]):
    """A signature: `Type("time")` is a named one, and `time >> console >> job` a functor from two of them to a third.

    Types with the same name, or the same parts, are one object, so comparing them takes constant time. To a type checker
    that functor is `Type[Time, Console, Job]`, where `Time` and so on are classes that only serve as labels:
    `time: Type[Time] = Type("time")`.

    Raises InvalidName for a name that is not printable text.
    """

    __slots__ = ("__weakref__", "name", "parts")

    equal_is_alike: ClassVar[bool] = True
    name: str
    """The name; empty for a functor."""
    parts: tuple[AnyType, ...]
    """The parameters, then the result; for a named type just itself."""

    def __new__(cls, name: str) -> Self:
        """Return the type called `name`."""
        if not isinstance(name, str) or not name or not name.isprintable():
            raise InvalidName(f"{name!r} is not a name for a type: use printable text", objects=[name])
        return cast("Self", _interned(name))

    @classmethod
    def of_parts(cls, parts: Sequence[AnyType]) -> AnyType:
        """Return the functor from all but the last of `parts` to the last; a single part is the type itself."""
        return parts[0].result if len(parts) == 1 and parts[0].name else _interned(tuple(parts))

    @property
    def parameters(self) -> tuple[AnyType, ...]:
        """The types of the arguments; none for a named type."""
        return self.parts[:-1]

    @property
    def result(self) -> AnyType:
        """The type that remains once all arguments are applied; a named type itself."""
        return self.parts[-1]

    def __rshift__(self: Type[*Us], other: Type[B]) -> Type[*Us, B]:
        """Return the functor from `self` to `other`; if `self` is a functor, `other` follows its last part."""
        if isinstance(other, Type):
            return _interned(self.parts + other.parts)
        if isinstance(other, str):
            raise _no_type(other)
        return NotImplemented

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Type is immutable: {name} cannot be set")

    def _links(self) -> Sequence[AnyType]:
        return () if self.name else self.parts

    def _made_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (_interned, (self.name or self.parts,))

    def __str__(self) -> str:
        """The type as it is written, shortened if it is very long: sharing can make its full text arbitrarily long."""
        text, first = io.StringIO(), True
        pending: list[Iterator[AnyType]] = [iter(self.parts)]
        while pending and text.tell() < _LONG:
            part = next(pending[-1], None)
            if part is None:
                pending.pop()
                text.write(")" if pending else "")
                first = False
                continue
            text.write("" if first else " >> ")
            first = not part.name
            text.write(part.name or "(")
            if not part.name:
                pending.append(iter(part.parts))
        return text.getvalue() + ("…" if pending else "")

    if not TYPE_CHECKING:  # to type checkers, these are errors

        def __gt__(self, other):
            """Raise TypeMismatch: a functor's type is written with >>."""
            raise TypeMismatch(f"types are not compared: write {self} >> {other}", objects=[self])

        def __rrshift__(self, other):
            """Raise TypeMismatch: what is on the left of >> is a type too."""
            raise _no_type(other)

    def _words(self) -> str:
        return f"the type {self}"

    def __repr__(self) -> str:
        return f"Type({self.name!r})" if self.name else f"<Type {self}>"


_LONG = 2000  # characters
_made: WeakValueDictionary[str | tuple[AnyType, ...], AnyType] = WeakValueDictionary()
_making = Lock()


def _interned(what: str | tuple[AnyType, ...]) -> AnyType:
    """Return the only type with the name, or the parts, `what`."""
    with _making:
        found = _made.get(what)
        if found is None:
            found = object.__new__(Type)
            object.__setattr__(found, "name", what if isinstance(what, str) else "")
            object.__setattr__(found, "parts", (found,) if isinstance(what, str) else what)
            _made[what] = found
    return found


def functor(parameters: Sequence[Type[*Us]], result: Type[*Ts]) -> Type[Type[*Us], *Ts]:
    """Make the type of a functor that takes an argument for each of `parameters`, which may be functors, and gives `result`.

    `functor([time >> block], job)` takes a functor; `time >> block >> job` takes a time and a block. A type checker
    assumes that the list has one parameter: for several functors, nest, as in `functor([a >> b], functor([c >> d], e))`.
    """
    if not isinstance(parameters, Sequence) or not all(isinstance(part, Type) for part in (*parameters, result)):
        raise TypeMismatch(
            f"a functor takes a list of types and gives a type, not {worded(parameters)} and {worded(result)}",
            objects=[parameters],
        )
    return _interned((*parameters, *result.parts))


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
"""Information in a unikernel on its own build."""


def _no_type(other: object) -> TypeMismatch:
    """Return the error for `other` in the place of a type."""
    name = isinstance(other, str) and other.isidentifier()
    hint = f"write {other}, without quotes" if name else "write a type, such as time"
    return TypeMismatch(f"{worded(other)} is not a type: {hint}", objects=[other])
