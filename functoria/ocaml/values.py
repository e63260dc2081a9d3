"""OCaml values that have no direct equivalent in Python.

Strings are str, integers int, floats float, unit is `()`, and tuples are tuples.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from attr import field, frozen

from functoria.errors import FunctoriaError
from functoria.ocaml.boxes import Buffer
from functoria.ocaml.composed import Composed
from functoria.ocaml.numbered import Numbered
from functoria.ocaml.told import Text, Told

if TYPE_CHECKING:
    from functoria.location import Location


@frozen
class Char:
    """A character, one byte."""

    text: str


@frozen
class Int64:
    """A 64-bit integer."""

    value: int


@frozen(eq=False)
class Construct(Composed):
    """A constructor, such as `Some`, applied to its argument, if it has one; exceptions too."""

    name: str
    argument: Any = None
    applied: bool = False
    kind: object = None
    """Distinguishes constructors of different types that share a name; None for OCaml's own."""
    rank: int = field(default=0, repr=False)
    """Its position in the declaration of its type."""

    def _label(self) -> Hashable:
        return (self.name, self.applied, self.kind)

    def _inside(self) -> Iterable[Any]:
        return (self.argument,)


@frozen(eq=False)
class Variant(Composed):
    """A polymorphic variant."""

    tag: str
    argument: Any = None
    applied: bool = False

    def _label(self) -> Hashable:
        return (self.tag, self.applied)

    def _inside(self) -> Iterable[Any]:
        return (self.argument,)


@frozen(eq=False)
class Record(Composed):
    """A record: its fields in the order of the type's declaration."""

    fields: tuple[tuple[str, Any], ...]

    def get(self, name: str) -> Any:
        """Return the field `name`. Raises KeyError."""
        return dict(self.fields)[name]

    def _label(self) -> Hashable:
        return tuple([name for name, _ in self.fields])

    def _inside(self) -> Iterable[Any]:
        return [value for _, value in self.fields]


@frozen(eq=False)
class Ref:
    """A mutable reference."""

    held: list[Any]
    state: Any = None
    """The state that keeps it; None for one that was not made when a configuration was read."""
    number: int = 0


@frozen(eq=False)
class Wrapped(Composed):
    """A value of `kind`, an abstract type of a library."""

    kind: str
    value: Any
    of: Any = None
    """The codec of its content, if it has any."""

    def _label(self) -> Hashable:
        return self.kind

    def _inside(self) -> Iterable[Any]:
        return (self.value, self.of)


@frozen(eq=False)
class Parsed(Construct):
    """A value that acts as an option or a result, because some functions return a different one depending on the version."""

    def of(self, name: str) -> Construct:
        """Return the form that has the constructor `name`."""
        if name in ("Ok", "Error"):
            return ok(self.argument) if self.applied else error(Variant("Msg", "it cannot be read", True))
        return some(self.argument) if self.applied else NONE


class Pair:
    """A value that can be taken apart into a pair of functions."""

    __slots__ = ()

    def pair(self) -> tuple[Any, Any]:
        """Return the pair."""
        raise NotImplementedError


class List(Composed):
    """A linked list: a head and a tail, or neither."""

    __slots__ = ("head", "size", "tail")

    head: Any
    tail: List
    size: int
    """The number of items."""

    def __iter__(self) -> Iterator[Any]:
        cell = self
        while cell is not NIL:
            yield cell.head
            cell = cell.tail

    def _label(self) -> Hashable:
        return self.size

    def _inside(self) -> Iterable[Any]:
        return self

    def __repr__(self) -> str:
        return f"List({list(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (list_of, (tuple(self),))


NIL = List()
NIL.size = 0
"""The empty list."""


def cons(head: Any, tail: List) -> List:
    """Return `head` before `tail`."""
    cell = List()
    cell.head, cell.tail, cell.size = head, tail, tail.size + 1
    return cell


def list_of(items: Iterable[Any], tail: List = NIL) -> List:
    """Return a list of `items`, followed by `tail`."""
    for item in reversed(list(items)):
        tail = cons(item, tail)
    return tail


NONE = Construct("None")
"""OCaml's `None`."""


def some(value: Any) -> Construct:
    """Return OCaml's `Some`."""
    return Construct("Some", value, True)


def option(value: Any) -> Construct:
    """Return OCaml's `None` for None, `Some` of any other value."""
    return NONE if value is None else some(value)


def ok(value: Any) -> Construct:
    """Return OCaml's `Ok`."""
    return Construct("Ok", value, True)


def error(value: Any) -> Construct:
    """Return OCaml's `Error`."""
    return Construct("Error", value, True, rank=1)


def message(text: str) -> Construct:
    """Return an `Error` of a message, in Rresult's form."""
    return error(Variant("Msg", text, True))


class Raised(Exception):
    """Carries an OCaml exception while it propagates."""

    def __init__(self, value: Construct, at: Location | None = None) -> None:
        super().__init__(value.name)
        self.value = value
        self.at = at


def failure(text: Text) -> Raised:
    """Return the exception that `failwith` raises."""
    return Raised(Construct("Failure", text, True))


def invalid(text: Text) -> Raised:
    """Return the exception that `invalid_arg` raises."""
    return Raised(Construct("Invalid_argument", text, True))


class _Absent:
    """The class of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()
"""An optional argument that is not given."""


class _Unknown:
    """The class of UNKNOWN."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Unknown()
"""An unknown value, where only types are checked."""


@frozen(eq=False)
class Suspended(Numbered):
    """A lazy value."""

    force: Callable[[], Any]
    same: object = field(factory=object)


@frozen
class Parameter:
    """A parameter of a function: positional, labelled, or optional."""

    label: str = ""
    optional: bool = False


@frozen(eq=False)
class Function(Numbered):
    """A function. `call` gets the arguments in order, ABSENT for optional ones that are missing.

    Functions with equal `same` are equal: those from the same place in the source that captured equal values.
    """

    equal_is_alike: ClassVar[bool] = True
    parameters: tuple[Parameter, ...]
    call: Callable[[list[Any], Any], Any] = field(repr=False)
    same: object = field(repr=False)
    name: str = ""
    pure: bool = field(default=True, repr=False)
    """Whether it has no side effects."""
    applies: bool = field(default=False, repr=False)
    """Whether it only applies one of its arguments, as `@@` does."""
    partly: Callable[[list[Any], Any], Any] | None = field(default=None, repr=False)
    """Returns what is known of the result when part of the arguments is `UNKNOWN`."""
    signature: Any = field(default=None, repr=False, kw_only=True)
    """The signature of a library's function, if it is written down."""
    plain: bool = field(init=False, repr=False)
    """Whether all of its parameters are positional."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "plain", not any(each.label for each in self.parameters))
        object.__setattr__(self, "origin", None)

    def called_as(self, same: object) -> Function:
        """Return this function with another `same`."""
        return self._copy(self.call, same)

    def calling(self, call: Callable[[list[Any], Any], Any]) -> Function:
        """Return this function with another `call`."""
        return self._copy(call, self.same)

    def _copy(self, call: Callable[[list[Any], Any], Any], same: object) -> Function:
        return Function(
            self.parameters, call, same, self.name, self.pure, self.applies, self.partly, signature=self.signature
        )


def named(value: Any) -> str:
    """Describe the kind of `value` for a message."""
    kinds: list[tuple[Any, str]] = [
        (bool, "a boolean"),
        (int, "an integer"),
        (float, "a float"),
        ((str, Told), "a string"),
        (Char, "a character"),
        (Int64, "an int64"),
        (List, "a list"),
        (Record, "a record"),
        (Ref, "a reference"),
        (Function, "a function"),
        (Suspended, "a lazy value"),
        (Buffer, "a formatter"),
    ]
    for kind, name in kinds:
        if isinstance(value, kind):
            return name
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}" if value else "unit"
    if isinstance(value, Construct):
        return value.name
    if isinstance(value, Variant):
        return f"`{value.tag}"
    if isinstance(value, Wrapped):
        return f"a {value.kind.replace('_', ' ')}"
    signature = getattr(value, "signature", None)
    if signature is not None:
        return f"an implementation of {signature}"
    return type(value).__name__


def compared(one: Any, two: Any, *, total: bool = True) -> int | None:
    """Compare as OCaml's `compare` does: less than, equal to or more than 0. Raises Raised for different functions.

    Without `total`, as OCaml's operators do: nan is not ordered with anything, for which this returns None, and comparing a
    function with itself raises Raised, too.

    A pair of values that has been met before is not compared again: values that share their parts take linear time, and those
    that contain themselves end.
    """
    pending: list[tuple[Any, Any]] = [(one, two)]
    met: dict[tuple[int, int], tuple[Any, Any]] = {}  # with the values, so that the numbers remain theirs
    while pending:
        one, two = pending.pop()
        if total and one is two and not _is(one, Told):
            continue
        if isinstance(one, _COMPOSED):
            pair = (id(one), id(two))
            if pair in met:
                continue
            met[pair] = one, two
        a: Any = _plain(one)
        b: Any = _plain(two)
        if _is(a, Function) or _is(b, Function):
            raise invalid("compare: functional value")
        if _is(a, Told) or _is(b, Told):
            Told(()).looked()
        if _both(a, b, List):
            one_items, two_items = tuple(a), tuple(b)
            pending.append((len(one_items), len(two_items)))  # after the items
            pending.extend(reversed(list(zip(one_items, two_items, strict=False))))
        elif _both(a, b, tuple) and len(a) == len(b):
            pending.extend(reversed(list(zip(a, b, strict=True))))
        elif _is(a, (Construct, Variant)) and type(a) is type(b):
            if _rank(a) != _rank(b):
                return -1 if _rank(a) < _rank(b) else 1
            if a.applied:
                pending.append((a.argument, b.argument))
        elif _both(a, b, Char):
            pending.append((a.text, b.text))
        elif _both(a, b, Int64):
            pending.append((a.value, b.value))
        elif _both(a, b, Ref):
            pending.append((a.held[0], b.held[0]))
        elif _both(a, b, Record):
            pending.append((tuple(v for _, v in a.fields), tuple(v for _, v in b.fields)))
        elif type(a) is not type(b):
            raise FunctoriaError(f"{named(a)} is compared with {named(b)}")
        elif _is(a, (int, float)):
            if a < b or a > b:
                return -1 if a < b else 1
            if a != b:
                if not total:
                    return None
                if a == a or b == b:  # nan is less than all others
                    return 1 if a == a else -1
        elif _is(a, str):
            if a != b:
                return -1 if a.encode() < b.encode() else 1
        elif a != b:
            return -1 if repr(a) < repr(b) else 1
    return 0


_COMPOSED = (tuple, Construct, Variant, Record, Ref, List)
"""The classes of values whose parts may be shared."""


def _is(value: Any, kind: Any) -> bool:
    return isinstance(value, kind)


def _both(one: Any, two: Any, kind: type) -> bool:
    return isinstance(one, kind) and isinstance(two, kind)


def _plain(value: Any) -> Any:
    return value.of("Some") if isinstance(value, Parsed) else value


def _rank(value: Any) -> tuple[bool, int, str]:
    """Return a constructor's rank: OCaml orders those without an argument first, then by declaration, or variants by hash."""
    if isinstance(value, Construct):
        return (value.applied, value.rank, value.name)
    return (value.applied, _hashed(value.tag), value.tag)


def _hashed(tag: str) -> int:
    """Return OCaml's hash of the tag of a polymorphic variant, a signed integer of 31 bits."""
    number = 0
    for byte in tag.encode():
        number = (223 * number + byte) & 0x7FFFFFFF
    return number - 0x80000000 if number > 0x3FFFFFFF else number
