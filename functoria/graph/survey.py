"""What an application holds before any choice is made: all branches of all choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from functoria.device import Device
from functoria.graph.hooks import attribute, deps_of, listed
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
    intern: Interner
    """One representative for all equal terms of the application."""


def survey(root: AnyImpl) -> Survey:
    """What `root` holds. Each device, however often it is used, is looked at once."""
    found: dict[Key[Any], None] = {}
    deciding: dict[Key[Any], None] = {}
    declared: dict[Key[Any], None] = {}
    intern = Interner()
    intern(root)
    decided: set[int] = set()
    for term in intern.terms:  # grows while it is read
        if isinstance(term, Read):
            found[term.key] = None
        elif isinstance(term, Choice):
            for key in term.keys:
                declared[key] = None
            for key in _read(intern(term.selector), intern, decided):
                deciding[key] = None
        elif isinstance(term, Device):
            for key in listed(term, "keys", Key):
                found[key] = None
            for dep in deps_of(term):
                intern(dep)
            packages = attribute(term, "packages")
            if isinstance(packages, Value):
                intern(packages)
    found.update(declared)
    names = {key.name for key in found}
    aimed = {key: None for alias in found for key, _ in alias.sets}
    found.update(aimed)
    by_name: dict[str, dict[Key[Any], None]] = {}
    for key in found:
        by_name.setdefault(key.name, {})[key] = None
    keys = {name: tuple(by_name[name]) for name in sorted(by_name)}
    brought = frozenset(key for key in aimed if key.name not in names)
    return Survey(keys, tuple(deciding), tuple(declared), brought, intern)


def _read(value: Term, intern: Interner, done: set[int]) -> Iterator[Key[Any]]:
    """The keys that `value` depends on, but for the values in `done`, which gets those that were met."""
    pending = [value]
    while pending:
        value = pending.pop()
        if id(value) not in done:
            done.add(id(value))
            if isinstance(value, Read):
                yield value.key
            pending += [intern(child) for child in reversed(value._shape()[1])]
