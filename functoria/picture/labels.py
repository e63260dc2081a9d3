"""Notes that distinguish devices with the same module: the first of their fields that differs, or what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

from functoria.graph.hooks import attribute
from functoria.impl import Choice
from functoria.key import Key
from functoria.layout import layout_of
from functoria.package import Package
from functoria.printable import shown
from functoria.record import Record
from functoria.term import Term
from functoria.types import Type

_LONG = 36
"""The maximal number of characters to show of a text."""


class Named(NamedTuple):
    """A node's distinguishing parts: its module, the texts of its fields, and the numbers of the nodes that it needs."""

    module: str
    fields: Sequence[tuple[str, str]]
    needs: Sequence[int]


def notes(nodes: Sequence[Named]) -> list[str]:
    """Return for each of `nodes` a note that distinguishes it from those with the same module; empty if it is the only one.

    Nodes come after those that they need. A node whose own fields do not differ gets the note of the first needed node that does,
    or a number if there is none.
    """
    groups: dict[str, list[int]] = {}
    for number, node in enumerate(nodes):
        groups.setdefault(node.module, []).append(number)
    found = [""] * len(nodes)
    differing = {module: _differing(group, nodes) for module, group in groups.items()}
    for number, node in enumerate(nodes):
        if len(groups[node.module]) > 1:
            fields = ", ".join(text for name, text in node.fields if name in differing[node.module] and text)
            found[number] = fields or _of_needs(number, groups[node.module], nodes, found)
    for group in groups.values():
        by_note: dict[str, list[int]] = {}
        for number in group:
            by_note.setdefault(found[number], []).append(number)
        for note, alike in by_note.items():
            for place, number in enumerate(alike if len(alike) > 1 else (), 1):
                found[number] = f"{note} #{place}".strip()
    return found


def _differing(group: Sequence[int], nodes: Sequence[Named]) -> set[str]:
    """Return the names of the fields that are not the same for the whole group."""
    tables = [dict(nodes[each].fields) for each in _few(group)]
    differing = {name for each in tables for name, text in each.items() if tables[0].get(name) != text}
    return differing | {name for each in tables for name in tables[0] if name not in each}


def _of_needs(number: int, group: Sequence[int], nodes: Sequence[Named], found: Sequence[str]) -> str:
    """Return the note, else the module, of the first need that is not the same for the whole group."""
    for place, need in enumerate(nodes[number].needs):
        if any(place >= len(nodes[each].needs) or nodes[each].needs[place] != need for each in _few(group)):
            return found[need] or nodes[need].module
    return ""


def _few(group: Sequence[int]) -> Sequence[int]:
    """At most 64 of `group`, so that all groups together take linear time."""
    return group[:64]


def fields_of(device: Any) -> tuple[tuple[str, str], ...]:
    """Return its name in main.ml, then the fields of `device` that are plain values, in their order, each with a short text.

    A record in a field is replaced by its fields, unless it has its own text.
    """
    if isinstance(device, Choice):
        return ()
    layout = layout_of(type(device))
    view = layout.view(device)
    pending = list(zip(view.names, view.read(device), strict=True))[::-1]
    called = _short(shown(attribute(device, "name")))
    found = [("", called)]
    while pending:
        name, value = pending.pop()
        if isinstance(value, bool):
            text: str | None = name.replace("_", " ") * value
        else:
            text = _text(value)
        if isinstance(value, Key) and value.default not in (None, ""):
            pending.append((f"{name}.default", value.printed(value.default)))
        if text is not None:
            if (name, _short(shown(text))) != ("name", called):
                found.append((shown(name), _short(shown(text))))
        elif isinstance(value, Record) and not _has_text(value):
            inner = layout_of(type(value))
            names = inner.view(value).names
            pending += [(f"{name}.{each}", inner.get(value, each)) for each in reversed(names)]
    return tuple(found)


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _text(value: Any) -> str | None:
    """Return a value of a field as a short text; None if that would not help people, or it has no text."""
    if isinstance(value, Key):
        return value.options[-1]
    if isinstance(value, Package):
        return value.name
    if value is None or isinstance(value, (str, int, float)):
        return "" if value is None else str(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (Type, Term)) or callable(value):
        return None
    if isinstance(value, (list, tuple)):
        texts = [_text(each) for each in value]
        return " ".join(text for text in texts if text)
    return str(value) if _has_text(value) else None


def _has_text(value: object) -> bool:
    """Return whether the class of `value` defines its text."""
    return any("__str__" in vars(cls) for cls in type(value).__mro__[:-1])
