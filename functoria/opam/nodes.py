"""The values in opam files: Python's strings, integers and booleans, and the nodes below.

Nothing here recurses, so that a value may be as deep as the limit allows.
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
    """A value with a condition in braces; None if these are empty."""

    value: Value
    condition: Value | None


class Not(NamedTuple):
    """`!` or `?`, and its operand."""

    operator: str
    value: Value


class Relation(NamedTuple):
    """A comparison, or an update of a variable. In braces `left` may be None, which stands for the package's version."""

    left: Value | None
    operator: str
    right: Value


class And(NamedTuple):
    """The operands of `&`."""

    parts: tuple[Value, ...]


class Or(NamedTuple):
    """The operands of `|`."""

    parts: tuple[Value, ...]


Value: TypeAlias = "str | int | bool | Word | Items | Group | Conditional | Not | Relation | And | Or"

_SEVERAL: dict[str, Any] = {node.__name__: node for node in (Items, Group, And, Or)}


def parts(value: Value | None) -> Sequence[Value | None]:
    """Return the values directly inside `value`, in order."""
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
    """Fold `value` with `make`, which receives each node with the results for its `parts`."""
    nodes = [value]
    starts = []
    for node in nodes:  # grows during the iteration
        starts.append(len(nodes))
        nodes += parts(node)
    starts.append(len(nodes))
    made: list[Any] = [None] * len(nodes)
    for index in range(len(nodes) - 1, -1, -1):
        made[index] = make(nodes[index], made[starts[index] : starts[index + 1]])
    found: _Made = made[0]
    return found


def to_data(value: Value | None) -> list[Any]:
    """Convert `value` to flat data for JSON: its nodes, each before its parts. `of_data` reads it back."""
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
    """Make the value from `rows` made by `to_data`. Raises ValueError for anything else."""
    try:
        if not isinstance(rows, list):
            raise ValueError
        starts = [1]
        for row in rows:
            starts.append(starts[-1] + _size(row))
        made: list[Any] = list(rows)
        for index in range(len(rows) - 1, -1, -1):
            start, end = starts[index], starts[index + 1]
            if not index < start <= end <= len(rows):
                raise ValueError
            row = rows[index]
            if isinstance(row, list):
                made[index] = _node(row, made[start:end])
            elif row is not None and not isinstance(row, (str, int)):
                raise ValueError
        return made[0]
    except (TypeError, IndexError, KeyError, ValueError):
        raise ValueError("it is not the data of a value") from None


_SIZES = {"Word": 0, "Not": 1, "Relation": 2, "Conditional": 2}


def _size(row: Any) -> int:
    """Return the number of parts of the node in `row`."""
    if not isinstance(row, list):
        return 0
    size: int = row[1] if row[0] in _SEVERAL else _SIZES[row[0]]
    return size


def _node(row: list[Any], inner: list[Any]) -> Any:
    """Return the node in `row`, with its parts."""
    if len(row) == 1 and row[0] == "Conditional":
        return Conditional(inner[0], inner[1])
    name, said = row
    if name in _SEVERAL and isinstance(said, int):
        return _SEVERAL[name](tuple(inner))
    if isinstance(said, str):
        if name == "Word":
            return Word(said)
        if name == "Relation":
            return Relation(inner[0], said, inner[1])
        if name == "Not":
            return Not(said, inner[0])
    raise ValueError
