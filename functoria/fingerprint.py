"""Texts that identify values: equal values have the same one in every process, unlike their hashes or a set's order."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import partial
from types import ModuleType
from typing import Any

from functoria.crate import in_order
from functoria.digest import sha256
from functoria.layout import is_record, layout_of
from functoria.location import Location
from functoria.transport import Linked, linked, unordered


def fingerprint(value: Any) -> str:
    """Return the text of `value`. Terms inside are represented by checksums of their texts, so it is short at any depth."""
    said: dict[int, str] = {}
    kept: list[Linked] = []  # keeps alive the objects whose identities `said` has
    for root in linked([value]):
        for node in in_order(root, said.__contains__):
            make, arguments = node._made_by()
            text = f"{_text(make, said)}{_text(arguments, said)}"
            said[id(node)] = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            kept.append(node)
    return _text(value, said)


def _text(value: Any, said: Mapping[int, str]) -> str:
    kind = type(value)
    if isinstance(value, Linked):
        return said[id(value)]
    if isinstance(value, Location):
        return ""  # a location is not part of a value
    if isinstance(value, (tuple, list)):
        return f"{kind.__qualname__}({','.join([_text(item, said) for item in value])})"
    if isinstance(value, Mapping):
        return "{%s}" % ",".join(sorted(f"{_text(key, said)}:{_text(item, said)}" for key, item in value.items()))
    if isinstance(value, Set):
        return "{%s}" % ",".join(sorted(_text(item, said) for item in unordered(value)))
    if isinstance(value, partial):
        return f"partial{_text((value.func, value.args, value.keywords), said)}"
    if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
        whose = getattr(value, "__self__", None)  # the object of a method; for builtin functions, their module
        of = "" if whose is None or isinstance(whose, ModuleType) else f"{_text(whose, said)}."
        return f"{of}{getattr(value, '__module__', '')}.{value.__qualname__}"
    if is_record(kind):
        view = layout_of(kind).view(value)
        return f"{kind.__qualname__}({_text(tuple(zip(view.names, view.compared(value), strict=True)), said)})"
    return f"{kind.__qualname__}:{value!r}"
