"""Immutable terms with shared structure. Comparison and hashing are by value, and linear in the distinct terms."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Set
from functools import partial
from types import BuiltinMethodType, MethodType, MethodWrapperType, ModuleType
from typing import Any, Self, TypeVar

from functoria.errors import DependencyCycle, InvalidValue
from functoria.layout import is_record, layout_of
from functoria.location import Location, here
from functoria.printable import worded
from functoria.transport import Linked, unordered

T = TypeVar("T", bound="Term")
Shape = tuple[Hashable, tuple["Term", ...]]
"""A label for the term itself, and the terms directly inside it."""


class Shaped(Linked):
    """An immutable value linked to others of its kind. Equality and hash are those of its `_shape`.

    No function here recurses, and none visits a shared value more than once.
    """

    __slots__ = ("__weakref__", "_term_hash")

    _term_hash: int | None

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Make a value whose hash has not been computed."""
        self = object.__new__(cls)
        _set_hash(self, None)
        return self

    def _shape(self) -> tuple[Hashable, tuple[Shaped, ...]]:
        """Return a label for the value itself, and the values directly inside it."""
        raise NotImplementedError

    def _links(self) -> Iterable[Linked]:
        return self._shape()[1]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return _equal(self, other) if isinstance(other, Shaped) else NotImplemented

    def __hash__(self) -> int:
        return self._term_hash if self._term_hash is not None else _hash(self)


_set_hash = vars(Shaped)["_term_hash"].__set__


class Term(Shaped):
    """A node of an immutable term, such as a device or an application, which remembers where it was written."""

    __slots__ = ("_term_location",)

    _term_location: Location | None

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Make a term that remembers the line that makes it."""
        return remade(cls, here())

    def _shape(self) -> Shape:
        raise NotImplementedError

    @property
    def location(self) -> Location | None:
        """The line of the user's code that made it; not part of its value."""
        return self._term_location


_set_location = vars(Term)["_term_location"].__set__


def remade(cls: type[T], location: Location | None) -> T:
    """Make an empty term of `cls` that was written at `location`."""
    term = object.__new__(cls)
    _set_hash(term, None)
    _set_location(term, location)
    return term


class Fixed(Term):
    """A term of a class of this library, which is filled once, by `_fill`."""

    __slots__ = ()

    def _fill(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _arguments(self) -> tuple[Any, ...]:
        """Return the arguments with which the class makes an equal term."""
        raise NotImplementedError

    def _made_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (_made_again, (type(self), self._term_location, *self._arguments()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be set")


def _made_again(cls: type[Any], location: Location | None, *arguments: Any) -> Any:
    term = remade(cls, location)
    cls.__init__(term, *arguments)
    return term


def _hash(root: Shaped) -> int:
    pending: list[tuple[Shaped, tuple[Hashable, tuple[Shaped, ...]] | None]] = [(root, None)]
    entered: set[int] = set()
    while pending:
        term, shape = pending.pop()
        if term._term_hash is not None:
            continue
        if shape is None:
            if id(term) in entered:
                raise DependencyCycle.within(term)
            entered.add(id(term))
            shape = term._shape()
            pending.append((term, shape))
            pending.extend((child, None) for child in shape[1] if child._term_hash is None)
        else:
            label, children = shape
            value = hash((type(term), label, tuple([child._term_hash for child in children])))
            _set_hash(term, value)
    assert root._term_hash is not None
    return root._term_hash


def _equal(one: Shaped, two: Shaped) -> bool:
    pending, seen = [(one, two)], set()
    while pending:
        a, b = pending.pop()
        if a is b or (id(a), id(b)) in seen:
            continue
        seen.add((id(a), id(b)))
        if type(a) is not type(b) or (a._term_hash or _hash(a)) != (b._term_hash or _hash(b)):
            return False
        (label_a, inside_a), (label_b, inside_b) = a._shape(), b._shape()
        if label_a != label_b or len(inside_a) != len(inside_b):
            return False
        pending.extend(zip(inside_a, inside_b, strict=True))
    return True


class Interner:
    """Numbers terms; equal terms get the same number. It keeps all terms alive, so that their identities stay valid."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        """The number of every term seen, by its identity."""
        self.terms: list[Term] = []
        """The first term with each number. Terms come after those inside them, left to right."""
        self.others: list[Term] = []
        """Terms that are equal to one of these."""
        self._table: dict[Hashable, int] = {}

    def __call__(self, root: Term) -> int:
        """Return the number of `root`."""
        numbers, terms, table = self.numbers, self.terms, self._table
        pending = [root]
        entered: dict[int, Shape] = {}
        while pending:
            term = pending[-1]
            here = id(term)
            if here in numbers:
                pending.pop()
                continue
            shape = entered.pop(here, None)
            if shape is None:
                shape = term._shape()
                missing = [child for child in shape[1] if id(child) not in numbers]
                if missing:
                    entered[here] = shape
                    pending += missing[::-1]
                    continue
            label, children = shape
            try:
                inside = [numbers[id(child)] for child in children]
            except KeyError:  # its children have been visited but not numbered, so it contains itself
                raise DependencyCycle.within(term) from None
            pending.pop()
            # The identity of the class, not the class: the garbage collector does not track tuples of numbers and text.
            numbers[here] = number = table.setdefault((id(type(term)), label, *inside), len(terms))
            (terms if number == len(terms) else self.others).append(term)
        return numbers[id(root)]

    def __reduce__(self) -> tuple[type[Interner], tuple[()]]:
        return (Interner, ())  # identities mean nothing in another process


def frozen_value(value: object, terms: list[Term], *, record: bool = False) -> Hashable:
    """Convert `value` to a hashable form, replacing each term inside by a mark and adding it to `terms`.

    Two forms are equal if the values are equal in Python, of the same class, and written alike: `1`, `True` and `1.0` differ,
    and so do the versions `1.0` and `1.00`, or the same moment in two time zones. Raises InvalidValue for values that cannot
    be hashed, and for mutable values in a `record`: a device freezes what it holds itself, not what other objects hold.
    """
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is tuple:
        return (kind, tuple([frozen_value(item, terms, record=record) for item in value])) if value else _EMPTY  # type: ignore[attr-defined]
    if kind is int or kind is bool:
        return (kind, value)
    if isinstance(value, Term):
        terms.append(value)
        return _MARK
    if hasattr(kind, "equal_is_alike"):
        return (kind, value)
    if kind in _BOUND:
        return (kind, called(value))
    if record and isinstance(value, (list, dict, set)):
        raise _changeable(value)
    if isinstance(value, (list, tuple)):
        return (kind, tuple([frozen_value(item, terms, record=record) for item in value]))
    if isinstance(value, Mapping):
        return (dict, _in_any_order(value.items(), terms, record))
    if isinstance(value, Set):
        return (set, _in_any_order(unordered(value), terms, record))
    if _is_number(value):
        return (kind, repr(value))
    if kind.__hash__ is None:
        raise _changeable(value)
    if is_record(kind):
        view = layout_of(kind).view(value)
        return (view, *[frozen_value(item, terms, record=True) for item in view.compared(value)])
    try:
        hash(value)
    except TypeError:
        raise _changeable(value) from None
    if kind.__eq__ is object.__eq__ or kind.__repr__ is object.__repr__:
        return (kind, value)
    return (kind, value, repr(value))


def _is_number(value: object) -> bool:
    numbers = sys.modules.get("numbers")  # any other kind of number comes from code that has imported this
    return isinstance(value, (int, float, complex)) or (numbers is not None and isinstance(value, numbers.Number))


def called(function: Any) -> Hashable:
    """Return a form of `function` that is equal for functions that do the same with the same data.

    Python compares bound methods by the identity of their objects, and partial functions by their own. Here the values of
    objects and arguments are compared.
    """
    if isinstance(function, partial):
        parts: tuple[Any, ...] = (function.func, function.args, function.keywords)
    elif isinstance(function, MethodType):
        parts = (function.__func__, function.__self__)
    elif isinstance(function, (BuiltinMethodType, MethodWrapperType)) and not isinstance(function.__self__, ModuleType):
        parts = (function.__name__, function.__self__)
    else:
        return function  # type: ignore[no-any-return]  # a function of a module, or an object that can be called
    try:
        return (type(function), exact(parts))
    except InvalidValue:  # compare by identity
        return (type(function), function)


def _in_any_order(items: Iterable[object], terms: list[Term], record: bool) -> Hashable:
    """Freeze `items`, whose order does not matter.

    The terms inside are ordered so that equal items give equal results: by the values around them and, if these are equal, as
    in a set of terms, by the terms' hashes. Such terms have been hashed already; no others are.
    """
    plain: list[Hashable] = []
    linked: dict[Hashable, list[list[Term]]] = {}
    for item in items:
        inside: list[Term] = []
        label = frozen_value(item, inside, record=record)
        if inside:
            linked.setdefault(label, []).append(inside)
        else:
            plain.append(label)
    order = sorted(linked, key=hash)
    for label in order:
        for inside in (
            sorted(linked[label], key=lambda each: hash(tuple(each))) if len(linked[label]) > 1 else linked[label]
        ):
            terms += inside
    return (frozenset(plain), tuple([(label, len(linked[label])) for label in order]))


def _changeable(value: object) -> InvalidValue:
    return InvalidValue(
        f"{worded(value)} can change, or cannot be hashed: a device holds values, such as numbers, text and tuples of them",
        objects=[value],
    )


def exact(value: object) -> Hashable:
    """Convert `value` to a hashable form that includes the terms inside. Equality is as for `frozen_value`."""
    terms: list[Term] = []
    return (frozen_value(value, terms), tuple(terms))


_MARK = ("functoria.term",)
_EMPTY = (tuple, ())
_BOUND = frozenset([partial, MethodType, BuiltinMethodType, MethodWrapperType])


def walk(roots: Iterable[Term], done: set[int] | None = None) -> Iterator[Term]:
    """Yield every term reachable from `roots` once. Terms come after those inside them, left to right.

    Terms whose identities are in `done` are skipped, and visited ones are added to it; the caller must keep them alive.
    """
    pending: list[tuple[Term, bool]] = [(root, False) for root in reversed(list(roots))]
    done = set() if done is None else done
    kept: list[Term] = []
    while pending:
        term, entered = pending.pop()
        if entered:
            yield term
        elif id(term) not in done:
            done.add(id(term))
            kept.append(term)
            pending.append((term, True))
            pending.extend((child, False) for child in reversed(term._shape()[1]))
