"""Immutable terms that share: compared and hashed by value, in time linear in what is distinct, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Set
from numbers import Number
from typing import Any, Self, TypeVar

from functoria.errors import InvalidValue
from functoria.layout import layout_of
from functoria.location import Location, here
from functoria.transport import Linked, within_itself

T = TypeVar("T", bound="Term")
Shape = tuple[Hashable, tuple["Term", ...]]


class Term(Linked):
    """A node of an immutable term. A subclass says in `_shape` what it consists of; equality and hash follow from that.

    No function here recurses, and none visits a node twice because it is used twice.
    """

    __slots__ = ("__weakref__", "_term_hash", "_term_location")

    _term_hash: int | None
    _term_location: Location | None

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """A term that remembers where it is made."""
        return remade(cls, here())

    def _shape(self) -> Shape:
        """What this node is by itself, and the terms directly inside it."""
        raise NotImplementedError

    @property
    def location(self) -> Location | None:
        """Where it was written, outside of this library; not part of its value."""
        return self._term_location

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return _equal(self, other) if isinstance(other, Term) else NotImplemented

    def __hash__(self) -> int:
        return self._term_hash if self._term_hash is not None else _hash(self)


_set_hash = vars(Term)["_term_hash"].__set__
_set_location = vars(Term)["_term_location"].__set__


def remade(cls: type[T], location: Location | None) -> T:
    """A term of `cls` that was written at `location`, and has nothing else yet."""
    term = object.__new__(cls)
    _set_hash(term, None)
    _set_location(term, location)
    return term


class Fixed(Term):
    """A term of this library's own making: it is filled once, by `_fill`, and never set again."""

    __slots__ = ()

    def _fill(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _arguments(self) -> tuple[Any, ...]:
        """What makes an equal term, given to the class."""
        raise NotImplementedError

    def _links(self) -> Iterable[Linked]:
        return self._shape()[1]

    def _made_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (_made_again, (type(self), self._term_location, *self._arguments()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be set")


def _made_again(cls: type[Any], location: Location | None, *arguments: Any) -> Any:
    term = remade(cls, location)
    cls.__init__(term, *arguments)
    return term


def _hash(root: Term) -> int:
    pending: list[tuple[Term, Shape | None]] = [(root, None)]
    entered: set[int] = set()
    while pending:
        term, shape = pending.pop()
        if term._term_hash is not None:
            continue
        if shape is None:
            if id(term) in entered:
                raise within_itself(term)
            entered.add(id(term))
            shape = term._shape()
            pending.append((term, shape))
            pending.extend((child, None) for child in shape[1] if child._term_hash is None)
        else:
            label, children = shape
            value = hash((type(term), label, tuple(child._term_hash for child in children)))
            _set_hash(term, value)
    assert root._term_hash is not None
    return root._term_hash


def _equal(one: Term, two: Term) -> bool:
    pending, seen = [(one, two)], set()
    while pending:
        a, b = pending.pop()
        if a is b or (id(a), id(b)) in seen:
            continue
        seen.add((id(a), id(b)))
        if type(a) is not type(b) or hash(a) != hash(b):
            return False
        (label_a, inside_a), (label_b, inside_b) = a._shape(), b._shape()
        if label_a != label_b or len(inside_a) != len(inside_b):
            return False
        pending.extend(zip(inside_a, inside_b, strict=True))
    return True


class _Known(dict[int, "Term"]):
    """Representatives by the identity of a term; what is not here is looked for in `base`."""

    def __init__(self, base: dict[int, Term]) -> None:
        super().__init__()
        self.base = base

    def __missing__(self, identity: int) -> Term:
        return self.base[identity]


class Interner:
    """One representative for all equal terms. It keeps what it was given alive, so that identities stay valid.

    With a `base`, what that knows is known here too, and it is not changed: several may share one.
    """

    def __init__(self, base: Interner | None = None) -> None:
        self._of: _Known = _Known({} if base is None else base._of)
        self._table: dict[Hashable, Term] = {}
        self._kept: list[Term] = []
        self._base_table: dict[Hashable, Term] = {} if base is None else base._table
        self.terms: list[Term] = []
        """The representatives found here, each after what is inside it, left to right."""

    def __call__(self, root: Term) -> Term:
        """The representative of `root`: the first term equal to it that was seen."""
        of, base = self._of, self._of.base
        if id(root) in of or id(root) in base:
            return of[id(root)]
        pending = [root]
        entered: dict[int, Shape] = {}
        while pending:
            term = pending[-1]
            here = id(term)
            if here in of or here in base:
                pending.pop()
                continue
            shape = entered.pop(here, None)
            if shape is None:
                shape = term._shape()
                missing = [child for child in shape[1] if id(child) not in of and id(child) not in base]
                if missing:
                    entered[here] = shape
                    pending += missing[::-1]
                    continue
            try:
                key = (type(term), shape[0], tuple([id(of[id(child)]) for child in shape[1]]))
            except KeyError:  # what is inside it was looked at since, and is not known: it is itself in there
                raise within_itself(term) from None
            pending.pop()
            found = self._base_table.get(key)
            if found is None:
                found = self._table.setdefault(key, term)
            of[here] = found
            (self.terms if found is term else self._kept).append(term)
        return of[id(root)]

    def __reduce__(self) -> tuple[type[Interner], tuple[()]]:
        return (Interner, ())  # identities are those of one process


def frozen_value(value: object, terms: list[Term]) -> Hashable:
    """`value` as something hashable, where each term inside is replaced by a mark and added to `terms`.

    Equal are what is equal to Python, of one class, and written alike: not `1`, `True` and `1.0`, not the versions `1.0` and
    `1.00`, and not one moment in two zones of time. Raises InvalidValue for what cannot be hashed.
    """
    kind = type(value)
    if kind is str:
        return value
    if isinstance(value, Term):
        terms.append(value)
        return _MARK
    if isinstance(value, (list, tuple)):
        return (kind, tuple([frozen_value(item, terms) for item in value]))
    if isinstance(value, Mapping):
        items = sorted(value.items(), key=lambda item: repr(item[0]))
        return (dict, tuple([(exact(key), frozen_value(item, terms)) for key, item in items]))
    if isinstance(value, Set):
        return (set, frozenset(map(exact, value)))
    if isinstance(value, Number):
        return (kind, repr(value))
    try:
        hash(value)
    except TypeError:
        raise InvalidValue(
            f"{value!r} can change, or cannot be hashed: a device holds values, such as numbers, text and tuples of them",
            objects=[value],
        ) from None
    if kind.__eq__ is object.__eq__ or getattr(kind, "equal_is_alike", False):
        return (kind, value)
    if hasattr(kind, "__attrs_attrs__") or hasattr(kind, "__dataclass_fields__"):
        view = layout_of(kind).view(value)
        return (kind, value, view, tuple([frozen_value(item, terms) for item in view.compared(value)]))
    return (kind, value) if kind.__repr__ is object.__repr__ else (kind, value, repr(value))


def exact(value: object) -> Hashable:
    """`value` as something hashable, with the terms inside: what `frozen_value` says of equality holds for it."""
    terms: list[Term] = []
    return (frozen_value(value, terms), tuple(terms))


_MARK = ("functoria.term",)


def walk(roots: Iterable[Term], done: set[int] | None = None) -> Iterator[Term]:
    """Every term reachable from `roots`, each once, a term after what is inside it, left to right.

    `done` holds the identities of terms to pass over, and gets those that were met: keep these terms alive meanwhile.
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
