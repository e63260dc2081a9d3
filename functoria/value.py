"""Values that depend on keys. They know which keys they need, and can be evaluated once these are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from enum import Enum
from sys import _getframe
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeVar, cast, overload

from functoria.errors import DeviceError, FunctoriaError, InvalidValue, Undecided
from functoria.membership import sought_in
from functoria.printable import in_order, worded
from functoria.term import Fixed, Shape, Term, called, frozen_value, walk
from functoria.transport import Linked, linked

if TYPE_CHECKING:
    from functoria.key import Key

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
T = TypeVar("T")
U = TypeVar("U")
_NO_DEFAULT = object()


class Open(Enum):
    """The outcome of a value that depends on a key without a value."""

    OPEN = "open"


OPEN = Open.OPEN


class Value(Fixed, Generic[T]):
    """A value that depends on keys. Made by `key.value`, `Value.pure` and `lift`, and by the methods of others.

    Values are equal if they are made alike: from equal keys, by the same functions.
    """

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        """Raise InvalidValue: whether it is true is not known before the keys are."""
        raise InvalidValue(
            "a Value is neither true nor false yet: for `and`, `or` and `not` use lift or map, for `==` its method eq, "
            "for `if` its method if_ or if_impl",
            objects=[self],
        )

    def __eq__(self, other: object) -> bool:
        """Return whether both have equal definitions. Raises InvalidValue for anything but a term: the value is not known yet."""
        if isinstance(other, Term):
            return super().__eq__(other)
        raise _too_early(self, "==", other)

    def __hash__(self) -> int:
        """Hash the value. Raises InvalidValue if it is looked up with `in` in a set or mapping without any `Value`."""
        found = sought_in(_getframe(1), Value, (Set, Mapping))
        if found is not None:
            raise _too_early(self, "in", found)
        return Term.__hash__(self)

    def __format__(self, spec: str) -> NoReturn:
        """Raise InvalidValue, because formatting would show the definition of the value, not its result."""
        raise InvalidValue(
            f"{self!r} is not known before the keys are, so it cannot be part of a string yet: make the string with its method "
            ".map(lambda value: …), or have it printed by repr",
            objects=[self],
        )

    def __str__(self) -> NoReturn:
        self.__format__("")

    def _words(self) -> str:
        from functoria.source_name import name_of

        return f"{name_of(self) or repr(self)}, a Value"

    def __repr__(self) -> str:
        names = [key.name for key in self.keys]
        return f"<Value of {', '.join(names[:3])}{', …' * (len(names) > 3)}>" if names else "<Value>"

    def __lt__(self, other: object) -> NoReturn:
        raise _too_early(self, "<", other)

    def __le__(self, other: object) -> NoReturn:
        raise _too_early(self, "<=", other)

    def __gt__(self, other: object) -> NoReturn:
        raise _too_early(self, ">", other)

    def __ge__(self, other: object) -> NoReturn:
        raise _too_early(self, ">=", other)

    def __contains__(self, other: object) -> NoReturn:
        raise _too_early(self, "in", other)

    @staticmethod
    def pure(value: U) -> Value[U]:
        """Return the constant `value`, which depends on no keys."""
        return Pure(value)

    def map(self, function: Callable[[T], U]) -> Value[U]:
        """Apply `function`, which must be pure, to the value."""
        return Lift(function, (self,))

    def eq(self, other: object) -> Value[bool]:
        """Compare with `other`, which may be text if this is a key's value. Raises InvalidValue if they can never be equal."""
        return Lift(_equal, (self, Pure(label_of(self, other))))

    def if_(self: Value[bool], then: U | Value[U], otherwise: U | Value[U]) -> Value[U]:
        """Choose `then` if the value is true, else `otherwise`. Only the keys of the chosen branch are read."""
        return Case(self, ((True, _lifted(then)),), _lifted(otherwise))

    def match(self, cases: Mapping[Any, U | Value[U]], *, default: U | Value[U] | Any = _NO_DEFAULT) -> Value[U]:
        """Choose the case that equals the value, or the default. Cases of a key's value may be written as text.

        Raises InvalidValue for a case that the key can never be. Evaluating raises it if no case fits and there is no default.
        """
        labels = tuple((label_of(self, label), _lifted(result)) for label, result in cases.items())
        return Case(self, labels, None if default is _NO_DEFAULT else _lifted(default))

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        """All keys that the value may depend on, without duplicates, in order of appearance."""
        return tuple(dict.fromkeys(term.key for term in walk([self]) if isinstance(term, Read)))

    def evaluate(self, read: Callable[[Key[Any]], Any], done: dict[int, Any] | None = None) -> T:
        """Evaluate, with `read` returning the values of keys. Exceptions of `read` pass through.

        `done` caches results between evaluations of values that share parts; these must be kept alive. Raises DeviceError
        if a function given to `map` or `lift` fails.
        """
        done = {} if done is None else done
        pending: list[Value[Any]] = [self]
        while pending:
            value = pending[-1]
            if id(value) in done:
                pending.pop()
                continue
            needed = value._needs(done)
            if needed:
                pending.extend(reversed(needed))
                continue
            pending.pop()
            done[id(value)] = value._result(done, read)
        result: T = done[id(self)]
        return result

    def outcome(self, read: Callable[[Key[Any]], Any], done: dict[int, Any]) -> T | Literal[Open.OPEN]:
        """Evaluate like `evaluate`, but return OPEN if a key is needed for which `read` raises Undecided."""

        def reading(key: Key[Any]) -> Any:
            try:
                return read(key)
            except Undecided:
                return OPEN

        return self.evaluate(reading, done)

    def undecided(
        self, read: Callable[[Key[Any]], Any], done: dict[int, Any] | None = None, seen: set[int] | None = None
    ) -> tuple[Key[Any], ...]:
        """Return the keys that evaluation needs and for which `read` raises Undecided; empty if evaluation succeeds.

        `done` caches outcomes between values; `seen` are values that need not be looked at again.
        """
        done = {} if done is None else done
        seen = set() if seen is None else seen
        self.outcome(read, done)
        found: dict[Key[Any], None] = {}
        pending: list[Value[Any]] = [self]
        while pending:
            value = pending.pop()
            if id(value) in seen or done.get(id(value)) is not OPEN:
                continue
            seen.add(id(value))
            if isinstance(value, Read):
                found[value.key] = None
            pending.extend(reversed(value._open(done)))
        return tuple(found)

    def _open(self, done: dict[int, Any]) -> Sequence[Value[Any]]:
        """The values because of which this one may be OPEN."""
        return ()

    def _needs(self, done: dict[int, Any]) -> list[Value[Any]]:
        """The values to evaluate first that are not yet `done`."""
        return []

    def _result(self, done: dict[int, Any], read: Callable[[Key[Any]], Any]) -> Any:
        raise NotImplementedError


class Pure(Value[T]):
    """A value that depends on no key."""

    __slots__ = ("constant",)

    constant: T

    def __init__(self, constant: T) -> None:
        self._fill(constant=constant)

    def _shape(self) -> Shape:
        terms: list[Term] = []
        return (frozen_value(self.constant, terms), tuple(terms))

    def _links(self) -> Iterable[Linked]:
        return linked([self.constant])

    def _arguments(self) -> tuple[Any, ...]:
        return (self.constant,)

    def _result(self, done: dict[int, Any], read: Callable[[Key[Any]], Any]) -> T:
        return self.constant


class Read(Value[T]):
    """The value of a key."""

    __slots__ = ("key",)

    key: Key[T]

    def __init__(self, key: Key[T]) -> None:
        self._fill(key=key)

    def _shape(self) -> Shape:
        return (self.key, ())

    def _arguments(self) -> tuple[Any, ...]:
        return (self.key,)

    def _result(self, done: dict[int, Any], read: Callable[[Key[Any]], Any]) -> Any:
        return read(self.key)


class Lift(Value[T]):
    """A function of values."""

    __slots__ = ("arguments", "function")

    arguments: tuple[Value[Any], ...]
    function: Callable[..., T]

    def __init__(self, function: Callable[..., T], arguments: tuple[Value[Any], ...]) -> None:
        self._fill(function=function, arguments=arguments)

    @property
    def comparison(self) -> bool:
        """Whether it compares a value with a constant, as `eq` does."""
        return self.function is _equal and isinstance(self.arguments[-1], Pure)

    def _shape(self) -> Shape:
        return (called(self.function), self.arguments)

    def _arguments(self) -> tuple[Any, ...]:
        return (self.function, self.arguments)

    def _open(self, done: dict[int, Any]) -> Sequence[Value[Any]]:
        return self.arguments

    def _needs(self, done: dict[int, Any]) -> list[Value[Any]]:
        return [argument for argument in self.arguments if id(argument) not in done]

    def _result(self, done: dict[int, Any], read: Callable[[Key[Any]], Any]) -> T:
        arguments = [done[id(argument)] for argument in self.arguments]
        if any(argument is OPEN for argument in arguments):
            return cast("T", OPEN)  # for `outcome`
        try:
            return self.function(*arguments)
        except FunctoriaError:
            raise
        except Exception as error:
            name = getattr(self.function, "__qualname__", self.function)
            raise DeviceError(
                f"the function {name} of a value failed: {type(error).__name__}: {error}",
                objects=[self],
                locations=[self.location],
            ) from error


class Case(Value[T]):
    """One of several values, chosen by another."""

    __slots__ = ("cases", "default", "selector")

    cases: tuple[tuple[Any, Value[T]], ...]
    default: Value[T] | None
    selector: Value[Any]

    def __init__(self, selector: Value[Any], cases: tuple[tuple[Any, Value[T]], ...], default: Value[T] | None) -> None:
        self._fill(selector=selector, cases=cases, default=default)

    def _shape(self) -> Shape:
        branches = tuple(branch for _, branch in self.cases) + (() if self.default is None else (self.default,))
        labels = tuple(label for label, _ in self.cases)
        return ((labels, self.default is None), (self.selector, *branches))

    def _arguments(self) -> tuple[Any, ...]:
        return (self.selector, self.cases, self.default)

    def _chosen(self, done: dict[int, Any]) -> Value[T]:
        selected = done[id(self.selector)]
        branch = next((branch for label, branch in self.cases if label == selected), self.default)
        if branch is None:
            raise InvalidValue(
                f"no case for {selected!r} among {', '.join(repr(label) for label, _ in self.cases)}, and no default",
                objects=[self],
                locations=[self.location],
            )
        return branch

    def _open(self, done: dict[int, Any]) -> Sequence[Value[Any]]:
        return (self.selector,) if done[id(self.selector)] is OPEN else (self._chosen(done),)

    def _needs(self, done: dict[int, Any]) -> list[Value[Any]]:
        if id(self.selector) not in done:
            return [self.selector]
        if done[id(self.selector)] is OPEN:
            return []
        branch = self._chosen(done)
        return [branch] if id(branch) not in done else []

    def _result(self, done: dict[int, Any], read: Callable[[Key[Any]], Any]) -> T:
        if done[id(self.selector)] is OPEN:
            return cast("T", OPEN)  # for `outcome`
        return cast("T", done[id(self._chosen(done))])


@overload
def lift(function: Callable[[A], U], a: Value[A], /) -> Value[U]: ...


@overload
def lift(function: Callable[[A, B], U], a: Value[A], b: Value[B], /) -> Value[U]: ...


@overload
def lift(function: Callable[[A, B, C], U], a: Value[A], b: Value[B], c: Value[C], /) -> Value[U]: ...


@overload
def lift(function: Callable[[A, B, C, D], U], a: Value[A], b: Value[B], c: Value[C], d: Value[D], /) -> Value[U]: ...


@overload
def lift(
    function: Callable[..., U],
    a: Value[Any],
    b: Value[Any],
    c: Value[Any],
    d: Value[Any],
    e: Value[Any],
    /,
    *more: Value[Any],
) -> Value[U]: ...


def lift(function: Callable[..., U], *values: Value[Any]) -> Value[U]:
    """Apply `function`, which must be pure, to several values. Type checkers follow up to four."""
    for value in values:
        if not isinstance(value, Value):
            how = "give its value" if isinstance(getattr(value, "value", None), Value) else "use Value.pure"
            raise InvalidValue(f"lift applies a function to values, not to {worded(value)}: {how}", objects=[value])
    return Lift(function, values)


def label_of(value: Value[Any], label: object) -> Any:
    """Convert `label` as a result of `value` would be: by the key, if it is a key's value. Raises InvalidValue."""
    return value.key.accept(label) if isinstance(value, Read) else label


def _too_early(value: Value[Any], operator: str, other: object) -> InvalidValue:
    within = f".map(lambda value: …), which may use {operator}"
    remedy = {"==": f".eq({other!r})", "in": f".eq, or {within}"}.get(operator, within)
    return InvalidValue(
        f"a Value is not known before the keys are, so it cannot be compared with {in_order(other)}: use its method {remedy}",
        objects=[value, other],
    )


def _lifted(value: Any) -> Value[Any]:
    return value if isinstance(value, Value) else Pure(value)


def _equal(one: object, two: object) -> bool:
    return one == two
