"""Error messages for a value that is not a list where packages, keys, devices or names are expected."""

from __future__ import annotations

from typing import Any

from functoria.impl import Impl, article
from functoria.key import Key
from functoria.package import Package
from functoria.printable import worded
from functoria.source_name import name_of
from functoria.value import Value

_NOUNS: dict[type, str] = {Package: "packages", Key: "keys", Impl: "implementations", str: "names"}
_LONG = 60


def problem(items: Any, cls: type, what: str, of: str) -> str:
    """Describe that `what` of `of` must be a list of instances of `cls`, but is `items`."""
    return f"{what} of {of} {_is(items, cls)}, but must be a list of {_noun(cls)}"


def remedy(items: Any, cls: type, what: str) -> str:
    """Describe what to write as `what` instead of `items`, which is not a list of instances of `cls`."""
    if isinstance(items, (list, tuple)):
        wrong = next(item for item in items if not isinstance(item, cls))
        return _one(wrong, cls)
    name = name_of(items)
    if items is None:
        return f"leave {what} out, or write {what}=[]"
    if isinstance(items, cls) and not isinstance(items, str):
        return f"put it in brackets, {what}=[{name}]" if name else "put it in brackets"
    if isinstance(items, str) and cls is str:
        return f"write {what}=[{items!r}]" if len(items) < _LONG else "put it in brackets"
    if isinstance(items, str) and cls is Package:
        return f"write {what}=[{_package(items)}]"
    if isinstance(items, (set, frozenset, dict)) or hasattr(items, "__next__"):
        return f"make a list of {'its keys' if isinstance(items, dict) else 'it'}, in the intended order"
    return f"{_one(items, cls)}, in brackets"


def _one(item: Any, cls: type) -> str:
    """Describe what to write in a list instead of `item`."""
    if isinstance(item, str) and cls is Package:
        return f"write {_package(item)}"
    if isinstance(item, Value) and cls is Key:
        return "give the key itself, without .value"
    if isinstance(item, type) and issubclass(item, cls):
        return f"make one of the class, {item.__name__}(…)"
    return {
        Package: "write package(…)",
        Key: "give a key, such as Key.flag(…) makes",
        Impl: "give a device, such as foreign(…) makes",
        str: "write each name as text, in quotes",
    }.get(cls, f"give {getattr(cls, 'made_by', None) or article(cls.__name__)}")


def _package(name: str) -> str:
    return f'package("{name}")' if name.isprintable() and len(name) < _LONG and '"' not in name else "package(…)"


def _noun(cls: type) -> str:
    return _NOUNS.get(cls) or str(getattr(cls, "plural", f"{cls.__name__}s"))


def _is(items: Any, cls: type) -> str:
    if isinstance(items, (list, tuple)):
        wrong = next((item for item in items if not isinstance(item, cls)), None)
        return f"holds {worded(wrong)}"
    return f"is {worded(items)}"
