"""What opam files are made of, as values: strings, integers and booleans of Python, and the nodes below.

Nothing here recurses: a value may be as deep as the limit lets it be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

_Made = TypeVar("_Made")


class Word(NamedTuple):
    """An identifier: a variable such as `os` or `lwt:installed`."""

    name: str


class Items(NamedTuple):
    """A list in brackets."""

    items: tuple[Value, ...]


class Group(NamedTuple):
    """Values in parentheses, all of which hold."""

    items: tuple[Value, ...]


class Conditional(NamedTuple):
    """A value under a condition in braces; None for empty ones."""

    value: Value
    condition: Value | None


class Not(NamedTuple):
    """`!` or `?`, and what it stands before."""

    operator: str
    value: Value


class Relation(NamedTuple):
    """A comparison, or an update of a variable; `left` is None where braces leave it out, and mean the package."""

    left: Value | None
    operator: str
    right: Value


class And(NamedTuple):
    """What `&` joins."""

    parts: tuple[Value, ...]


class Or(NamedTuple):
    """What `|` joins."""

    parts: tuple[Value, ...]


Value: TypeAlias = "str | int | bool | Word | Items | Group | Conditional | Not | Relation | And | Or"

_SEVERAL: dict[str, Any] = {node.__name__: node for node in (Items, Group, And, Or)}


def parts(value: Value | None) -> Sequence[Value | None]:
    """The values that `value` is made of, in order."""
    match value:
        case Items(inner) | Group(inner) | And(inner) | Or(inner):
            return inner
        case Conditional():
            return value
        case Not(_, inner):
            return (inner,)
        case Relation(left, _, right):
            return (left, right)
    return ()


def fold(
    value: Value | None,
    make: Callable[[Value | None, list[_Made]], _Made],
    parts: Callable[[Value | None], Sequence[Value | None]] = parts,
) -> _Made:
    """What `make` makes of `value`, given what it made of each of its `parts`."""
    nodes = [value]
    starts = []
    for node in nodes:  # which grows
        starts.append(len(nodes))
        nodes += parts(node)
    starts.append(len(nodes))
    made: list[Any] = [None] * len(nodes)
    for index in range(len(nodes) - 1, -1, -1):
        made[index] = make(nodes[index], made[starts[index] : starts[index + 1]])
    found: _Made = made[0]
    return found


def to_data(value: Value | None) -> list[Any]:
    """`value` as JSON can say it, and as flat as can be: its nodes, each before its parts. `of_data` reads it back."""
    nodes = [value]
    rows: list[Any] = []
    for node in nodes:
        match node:
            case Items(inner) | Group(inner) | And(inner) | Or(inner):
                rows.append([type(node).__name__, len(inner)])
            case Word(text) | Not(text, _) | Relation(_, text, _):
                rows.append([type(node).__name__, text])
            case Conditional():
                rows.append(["Conditional"])
            case _:
                rows.append(node)
        nodes += parts(node)
    return rows


def of_data(rows: Any) -> Any:
    """The value that `to_data` made `rows` of. Raises ValueError for what it did not make."""
    try:
        if not isinstance(rows, list):
            raise ValueError
        starts = [1]
        for row in rows:
            starts.append(starts[-1] + _size(row))
        made: list[Any] = [None] * len(rows)
        for index in range(len(rows) - 1, -1, -1):
            if not index < starts[index] <= starts[index + 1] <= len(rows):
                raise ValueError
            made[index] = _node(rows[index], made[starts[index] : starts[index + 1]])
        return made[0]
    except (TypeError, IndexError, KeyError, ValueError):
        raise ValueError("it is not the data of a value") from None


_SIZES = {"Word": 0, "Not": 1, "Relation": 2, "Conditional": 2}


def _size(row: Any) -> int:
    """How many parts the node of `row` has."""
    if not isinstance(row, list):
        return 0
    size: int = row[1] if row[0] in _SEVERAL else _SIZES[row[0]]
    return size


def _node(row: Any, inner: list[Any]) -> Any:
    match row:
        case ["Word", str(text)]:
            return Word(text)
        case ["Not", str(text)]:
            return Not(text, inner[0])
        case ["Relation", str(text)]:
            return Relation(inner[0], text, inner[1])
        case ["Conditional"]:
            return Conditional(inner[0], inner[1])
        case [str(name), int()]:
            return _SEVERAL[name](tuple(inner))
        case None | str() | int():
            return row
    raise ValueError
