"""Module implementations: devices, functors applied to arguments, and choices between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, TypeVarTuple, overload

from functoria.errors import InvalidValue, TypeMismatch
from functoria.key import Key
from functoria.location import Location, here, in_library
from functoria.printable import worded
from functoria.term import Fixed, Shape, Term, remade
from functoria.types import AnyType, Type
from functoria.value import Value, label_of

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
Ts = TypeVarTuple("Ts")
Us = TypeVarTuple("Us")
Rest = TypeVarTuple("Rest")


class Impl(Term, Generic[*Ts]):
    """An implementation of a signature, or a functor: `Impl[Time, Console, Job]` takes a Time and a Console to a Job.

    Immutable, and compared by value. `functor @ argument` applies it; `functor(a, b)` is short for `functor @ a @ b`.
    """

    __slots__ = ()

    def _type_parts(self) -> tuple[Sequence[AnyType], int]:
        """Return the parts of a type, and how many of its parameters have been applied."""
        raise NotImplementedError

    @property
    def signature(self) -> Type[*Ts]:
        """The type of this term, without the parameters that have been applied."""
        parts, applied = self._type_parts()
        signature: Any = Type.of_parts(parts[applied:])
        return signature  # type: ignore[no-any-return]  # the checker's view of it is this class's own

    def _words(self) -> str:
        return describe(self)

    @overload
    def __matmul__(self: Impl[Type[*Us], *Rest], argument: Impl[*Us]) -> Impl[*Rest]: ...

    @overload
    def __matmul__(self: Impl[A, *Rest], argument: Impl[A]) -> Impl[*Rest]: ...

    def __matmul__(self: AnyImpl, argument: AnyImpl) -> Any:
        """Apply this functor to its next argument. Raises TypeMismatch for a wrong or surplus one."""
        if not isinstance(argument, Impl):
            raise _no_implementation(self, argument)
        return Application(self, argument)

    @overload
    def __call__(self: Impl[A, *Rest], a: Impl[A], /) -> Impl[*Rest]: ...

    @overload
    def __call__(self: Impl[A, B, *Rest], a: Impl[A], b: Impl[B], /) -> Impl[*Rest]: ...

    @overload
    def __call__(self: Impl[A, B, C, *Rest], a: Impl[A], b: Impl[B], c: Impl[C], /) -> Impl[*Rest]: ...

    @overload
    def __call__(self: Impl[A, B, C, D, *Rest], a: Impl[A], b: Impl[B], c: Impl[C], d: Impl[D], /) -> Impl[*Rest]: ...

    @overload
    def __call__(
        self: Impl[A, B, C, D, E, *Rest], a: Impl[A], b: Impl[B], c: Impl[C], d: Impl[D], e: Impl[E], /
    ) -> Impl[*Rest]: ...

    @overload
    def __call__(
        self: Impl[A, B, C, D, E, F, *Rest],
        a: Impl[A],
        b: Impl[B],
        c: Impl[C],
        d: Impl[D],
        e: Impl[E],
        f: Impl[F],
        /,
    ) -> Impl[*Rest]: ...

    def __call__(self: AnyImpl, *arguments: AnyImpl) -> Any:
        """Apply this functor to several arguments in turn. Raises TypeMismatch for a wrong or surplus one."""
        result: Any = self
        number = 0
        location = here()  # one location for all of them
        try:
            for number, argument in enumerate(arguments):  # noqa: B007 - errors are placed by it
                if not isinstance(argument, Impl):
                    raise _no_implementation(result, argument)
                functor, result = result, remade(Application, location)
                result.__init__(functor, argument)
        except TypeMismatch as error:
            raise _in_call(error, self, arguments, number) from None
        return result


AnyImpl: TypeAlias = "Impl[*tuple[Any, ...]]"
"""Any implementation at all, of a functor or not."""


class Application(Impl[*Ts], Fixed):
    """A functor applied to one argument. Made by `functor @ argument`."""

    __slots__ = ("argument", "functor", "parts", "position")

    argument: AnyImpl
    functor: AnyImpl
    parts: Sequence[AnyType]
    """The parts of the functor's type, before it was applied."""
    position: int
    """The number of its parameters that had been applied before this one."""

    def __init__(self, functor: AnyImpl, argument: AnyImpl) -> None:
        parts, position = functor._type_parts()
        if position >= len(parts) - 1:
            raise _mismatch(functor, f"no more argument, but got one: {describe(argument)}", argument, "leave it out")
        if not matches(argument, parts[position]):
            number = 1 + _applied(functor)[1]
            expected = f"{parts[position]} as argument {number}, but got {describe(argument)}"
            raise _mismatch(functor, expected, argument, _instead(argument, parts, position, number - 1))
        _set_functor(self, functor)
        _set_argument(self, argument)
        _set_parts(self, parts)
        _set_position(self, position + 1)

    @property
    def head(self) -> AnyImpl:
        """The functor without any of its arguments."""
        return _applied(self)[0]

    def _shape(self) -> Shape:
        return (None, (self.functor, self.argument))

    def _arguments(self) -> tuple[Any, ...]:
        return (self.functor, self.argument)

    def _type_parts(self) -> tuple[Sequence[AnyType], int]:
        return self.parts, self.position

    def __repr__(self) -> str:
        return f"<{_called(self)}, {article(str(self.signature))}>"


_set_functor, _set_argument, _set_parts, _set_position = (
    vars(Application)[name].__set__ for name in ("functor", "argument", "parts", "position")
)


def _applied(impl: AnyImpl) -> tuple[AnyImpl, int]:
    """Return `impl` without its arguments, and the number of these."""
    count = 0
    while isinstance(impl, Application):
        impl, count = impl.functor, count + 1
    return impl, count


class Choice(Impl[*Ts], Fixed):
    """One of several implementations of one type, chosen by a value. Made by `if_impl` and `match_impl`."""

    __slots__ = ("cases", "default", "keys", "selector", "typed")

    cases: tuple[tuple[Any, Impl[*Ts]], ...]
    default: Impl[*Ts]
    keys: tuple[Key[Any], ...]
    selector: Value[Any]
    typed: tuple[Sequence[AnyType], int]

    def __init__(
        self,
        selector: Value[Any],
        cases: Mapping[Any, Impl[*Ts]],
        default: Impl[*Ts],
        keys: Sequence[Key[Any]],
    ) -> None:
        for branch in (*cases.values(), default):
            if not isinstance(branch, Impl):
                raise TypeMismatch(f"a choice is between implementations, not {worded(branch)}", objects=[branch])
        parts, applied = default._type_parts()
        for branch in cases.values():
            other, more = branch._type_parts()
            if (other is not parts or more != applied) and tuple(other[more:]) != tuple(parts[applied:]):
                raise TypeMismatch(
                    f"the branches of a choice must have one type, but {describe(branch)}, is not "
                    f"{article(str(default.signature))}, as {describe(default)} is: give branches of one type",
                    objects=[self, branch, default],
                    locations=[self.location, branch.location, default.location],
                )
        labelled = tuple((label_of(selector, label), branch) for label, branch in cases.items())
        self._fill(selector=selector, cases=labelled, default=default, keys=tuple(keys), typed=(parts, applied))

    def _shape(self) -> Shape:
        labels = tuple(label for label, _ in self.cases)
        return ((labels, self.keys), (self.selector, *(branch for _, branch in self.cases), self.default))

    def _made_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (_made_again, (self.location, self.selector, self.cases, self.default, self.keys))

    def _type_parts(self) -> tuple[Sequence[AnyType], int]:
        return self.typed

    @property
    def branches(self) -> tuple[Impl[*Ts], ...]:
        """All implementations to choose from, the default last."""
        return (*(branch for _, branch in self.cases), self.default)

    def choose(self, selected: object) -> Impl[*Ts]:
        """Return the implementation chosen when the value is `selected`."""
        return next((branch for label, branch in self.cases if label == selected), self.default)

    def __repr__(self) -> str:
        return f"<{_called(self)}, {article(str(self.signature))}>"


def _made_again(location: Location | None, selector: Any, cases: Any, default: AnyImpl, keys: Any) -> Any:
    choice = remade(Choice, location)
    choice._fill(selector=selector, cases=cases, default=default, keys=keys, typed=default._type_parts())
    return choice


def if_impl(
    condition: Value[bool], then: Impl[*Ts], otherwise: Impl[*Ts], *, keys: Sequence[Key[Any]] = ()
) -> Impl[*Ts]:
    """Choose `then` if `condition` is true, else `otherwise`.

    The keys of the condition become keys of the application, and so do further `keys`. Raises TypeMismatch if the branches
    have different types.
    """
    return match_impl(condition, {True: then}, default=otherwise, keys=keys)


def match_impl(
    value: Value[Any], cases: Mapping[Any, Impl[*Ts]], *, default: Impl[*Ts], keys: Sequence[Key[Any]] = ()
) -> Impl[*Ts]:
    """Choose the case that equals `value`, else `default`. Cases of a key's value may be written as text.

    The keys of the value become keys of the application, and so do further `keys`. Raises TypeMismatch if the cases have
    different types, and InvalidValue for a case that the key can never be.
    """
    if not isinstance(value, Value):
        hint = f": write {value.name}.value" if isinstance(value, Key) else ""
        raise InvalidValue(f"a choice needs a Value, not {worded(value)}{hint}", objects=[value])
    if not isinstance(cases, Mapping):
        raise InvalidValue(
            f"the cases of a choice must be a mapping from values to implementations, not a {type(cases).__name__}",
            remedy="write {VALUE: IMPLEMENTATION}",
            objects=[cases],
        )
    return Choice(value, cases, default, keys)


def matches(argument: AnyImpl, expected: AnyType) -> bool:
    """Return whether `argument` has the type `expected`."""
    parts, applied = argument._type_parts()
    if applied == len(parts) - 1:
        return parts[-1] == expected
    return tuple(parts[applied:]) == expected.parts


def typed(impl: Impl[*Ts], type: Type[*Ts], what: str) -> Impl[*Ts]:
    """Return `impl` if it has the type `type`; raise TypeMismatch if not. Used for `what` a device keeps in a field."""
    given: object = impl
    if isinstance(given, Impl) and matches(given, type):
        return impl
    shown = describe(given) if isinstance(given, Impl) else repr(given)
    raise TypeMismatch(f"{what} must be {article(str(type))}, but got {shown}", objects=[impl])


def describe(impl: AnyImpl) -> str:
    """Return `impl` and its type as words for a message, by the name that the user or a catalogue has for it."""
    from functoria.source_name import name_of

    name = _called(impl)
    if isinstance(impl, (Application, Choice)) or (impl.location is not None and in_library(impl.location)):
        name = name_of(impl) or name
    return f"{name}, {article(str(impl.signature))}"


def article(noun: str) -> str:
    """Return `noun` with its indefinite article."""
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def _called(impl: AnyImpl) -> str:
    if isinstance(impl, Application):
        head, applied = _applied(impl)
        return f"{_called(head)} applied to {applied}"
    if isinstance(impl, Choice):
        return "a choice"
    return str(getattr(impl, "module", None) or type(impl).__name__)


def _instead(
    wrong: AnyImpl, parts: Sequence[AnyType], position: int, before: int, given: Sequence[AnyImpl] = ()
) -> str:
    """Suggest what to do with the argument that is `wrong` at `position`, after `before` others and before those `given`."""
    remedy = _reordered([wrong, *given], parts[position:-1], before) or _later(wrong, parts, position)
    return remedy or _suitable(parts[position])


def _reordered(arguments: Sequence[object], wanted: Sequence[AnyType], before: int) -> str:
    """Describe which arguments are in the wrong order; empty if they do not fit in any order."""
    from functoria.later_arguments import following

    known = [*arguments, *following()]
    odd = [
        (number, argument, part)
        for number, (argument, part) in enumerate(zip(known, wanted, strict=False), before + 1)
        if not (isinstance(argument, Impl) and matches(argument, part))
    ]
    left = [argument for _, argument, _ in odd]
    for _, _, part in odd:
        fitting = next(
            (place for place, each in enumerate(left) if isinstance(each, Impl) and matches(each, part)), None
        )
        if fitting is None:
            return ""
        del left[fitting]
    *first, last = (str(number) for number, _, _ in odd)
    return f"arguments {', '.join(first)} and {last} look {'swapped' if len(odd) == 2 else 'out of order'}"


def _later(argument: AnyImpl, parts: Sequence[AnyType], position: int) -> str:
    """Suggest what to do with an argument that does not fit at `position`, but at a later one."""
    for later in range(position + 1, len(parts) - 1):
        if matches(argument, parts[later]):
            return f"that is argument {later + 1}, so put {article(str(parts[position]))} before it"
    return ""


def _suitable(type: AnyType) -> str:
    """Suggest what to give where a `type` is expected."""
    from functoria.source_name import such_as

    names = such_as(lambda held: isinstance(held, Impl) and matches(held, type))
    return f"give it {article(str(type))}" + (f", such as {' or '.join(names)}" if names else "")


def _no_implementation(functor: AnyImpl, argument: object) -> TypeMismatch:
    parts, position = functor._type_parts()
    remedy = _suitable(parts[position]) if position < len(parts) - 1 else ""
    if isinstance(argument, type) and issubclass(argument, Impl):
        remedy = f"make one of the class: {argument.__name__}(…)"
    elif callable(argument) and (name := getattr(argument, "__name__", "")).isidentifier():
        remedy = f"call it: {name}(…)"
    return _mismatch(functor, f"an implementation as argument, not {worded(argument)}", remedy=remedy)


def _in_call(error: TypeMismatch, functor: AnyImpl, arguments: Sequence[AnyImpl], number: int) -> TypeMismatch:
    """Return the `error` of a call, placed at the wrong argument, whose number from 0 is given, with its remedy."""
    wrong = arguments[number]
    place, *rest = error.locations
    error.locations = (place.of_part(number + 1), *rest)
    parts, position = functor._type_parts()
    if isinstance(wrong, Impl) and position + number < len(parts) - 1:
        error.remedy = _instead(wrong, parts, position + number, _applied(functor)[1] + number, arguments[number + 1 :])
    return error


def _mismatch(functor: AnyImpl, expected: str, argument: AnyImpl | None = None, remedy: str = "") -> TypeMismatch:
    head, _ = _applied(functor)
    parts, before = head._type_parts()
    declared = Type.of_parts(parts[before:])
    place = here()
    places = [
        None if place is None else place.of_part(1),
        *([argument.location] if argument is not None else []),
        head.location,
    ]
    return TypeMismatch(
        f"{_called(head)} ({declared}) expects {expected}",
        remedy=remedy,
        objects=[functor, *([argument] if argument is not None else [])],
        locations=places,
    )
