"""What an application holds before any choice is made: all branches of all choices."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from functoria.device import Device
from functoria.graph.hooks import attribute, deps_of, listed
from functoria.impl import AnyImpl, Choice
from functoria.key import Key
from functoria.term import Interner, Term, walk
from functoria.value import Read, Value


@frozen(eq=False)
class Survey:
    """What an application holds in all branches of all choices."""

    keys: dict[str, tuple[Key[Any], ...]]
    """Every key, by name, in order of name."""
    deciding: tuple[Key[Any], ...]
    """The keys by which any choice is made, also one that is in a branch not taken."""
    declared: tuple[Key[Any], ...]
    """The keys that choices bring with them."""
    brought: frozenset[Key[Any]]
    """The keys that aliases set, and that have names which nothing else in the application has."""


def survey(root: AnyImpl) -> Survey:
    """What `root` holds. Each device, however often it is used, is looked at once."""
    found: dict[Key[Any], None] = {}
    deciding: dict[Key[Any], None] = {}
    declared: dict[Key[Any], None] = {}
    intern = Interner()
    pending: list[Term] = [intern(root)]
    seen: set[int] = set()
    decided: set[int] = set()
    while pending:
        more: list[Term] = []
        for term in walk(pending, seen):
            if intern(term) is not term:
                continue
            if isinstance(term, Read):
                found[term.key] = None
            elif isinstance(term, Choice):
                declared.update(dict.fromkeys(term.keys))
                selectors = walk([term.selector], decided)
                deciding.update({value.key: None for value in selectors if isinstance(value, Read)})
            elif isinstance(term, Device):
                found.update(dict.fromkeys(listed(term, "keys", Key)))
                more.extend(map(intern, deps_of(term)))
                packages = attribute(term, "packages")
                if isinstance(packages, Value):
                    more.append(intern(packages))
        pending = more
    found.update(declared)
    names = {key.name for key in found}
    aimed = {key: None for alias in found for key, _ in alias.sets}
    found.update(aimed)
    by_name: dict[str, dict[Key[Any], None]] = {}
    for key in found:
        by_name.setdefault(key.name, {})[key] = None
    keys = {name: tuple(by_name[name]) for name in sorted(by_name)}
    brought = frozenset(key for key in aimed if key.name not in names)
    return Survey(keys, tuple(deciding), tuple(declared), brought)
