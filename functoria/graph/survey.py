"""What an application holds before any choice is made: all branches of all choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from functoria.device import Device
from functoria.graph.hooks import said
from functoria.impl import AnyImpl, Choice
from functoria.key import Key
from functoria.term import Interner, Term
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
    of: Mapping[int, Any]
    """One representative for all equal terms, by the identity of each."""
    keys_of: Mapping[int, Sequence[Key[Any]]]
    """The keys of devices, by the identity of the representative, where there are any."""
    deps_of: Mapping[int, tuple[AnyImpl, ...]]
    """The dependencies of devices, likewise, each its representative."""
    _alive: Sequence[Term]
    """The terms that are not representatives: identities are those of what is there."""


def survey(root: AnyImpl) -> Survey:
    """What `root` holds. Each device, however often it is used, is looked at once."""
    found: dict[Key[Any], None] = {}
    deciding: dict[Key[Any], None] = {}
    declared: dict[Key[Any], None] = {}
    keys_of: dict[int, Sequence[Key[Any]]] = {}
    deps_of: dict[int, tuple[Any, ...]] = {}
    intern = Interner()
    intern(root)
    decided: set[int] = set()
    for term in intern.terms:  # grows while it is read
        if isinstance(term, Device):
            keys, deps, packages = said(term)
            if keys:
                keys_of[id(term)] = keys
                found.update(dict.fromkeys(keys))
            if deps:
                deps_of[id(term)] = tuple([intern(dep) for dep in deps])
            if isinstance(packages, Value):
                intern(packages)
        elif isinstance(term, Choice):
            if term.keys:
                declared.update(dict.fromkeys(term.keys))
            selector = intern.of[id(term.selector)]
            if id(selector) not in decided:
                deciding.update(dict.fromkeys(_read(selector, intern.of, decided)))
        elif isinstance(term, Read):
            found[term.key] = None
    found.update(declared)
    names = {key.name for key in found}
    aimed = {key: None for alias in found for key, _ in alias.sets}
    found.update(aimed)
    by_name: dict[str, dict[Key[Any], None]] = {}
    for key in found:
        by_name.setdefault(key.name, {})[key] = None
    by_order = {name: tuple(by_name[name]) for name in sorted(by_name)}
    brought = frozenset(key for key in aimed if key.name not in names)
    return Survey(by_order, tuple(deciding), tuple(declared), brought, intern.of, keys_of, deps_of, intern.others)


def _read(value: Term, of: Mapping[int, Term], done: set[int]) -> Iterator[Key[Any]]:
    """The keys that `value` depends on, but for the values in `done`, which gets those that were met."""
    pending = [value]
    while pending:
        value = pending.pop()
        if id(value) not in done:
            done.add(id(value))
            if isinstance(value, Read):
                yield value.key
            pending += [of[id(child)] for child in reversed(value._shape()[1])]
