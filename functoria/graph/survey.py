"""Surveys: all that an application contains before any choice is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from functoria.device import Device
from functoria.graph.hooks import said
from functoria.impl import AnyImpl, Choice
from functoria.key import Key
from functoria.term import Interner, Term
from functoria.value import Read, Value


class Survey:
    """The keys and terms in all branches of an application's choices. Each device is visited once, however often it is used."""

    def __init__(self, root: AnyImpl) -> None:
        found: dict[Key[Any], None] = {}
        deciding: dict[Key[Any], AnyImpl] = {}
        declared: dict[Key[Any], None] = {}
        keys_of: dict[int, Sequence[Key[Any]]] = {}
        deps_of: dict[int, tuple[int, ...]] = {}
        intern = Interner()
        intern(root)
        decided: set[int] = set()
        for number, term in enumerate(intern.terms):  # grows during the iteration
            if isinstance(term, Device):
                keys, deps, packages = said(term)
                if keys:
                    keys_of[number] = keys
                    found.update(dict.fromkeys(keys))
                if deps:
                    deps_of[number] = tuple([intern(dep) for dep in deps])
                if isinstance(packages, Value):
                    intern(packages)
            elif isinstance(term, Choice):
                if term.keys:
                    declared.update(dict.fromkeys(term.keys))
                for key in _read(term.selector, intern, decided):
                    deciding.setdefault(key, term)
            elif isinstance(term, Read):
                found[term.key] = None
        found.update(declared)
        names = {key.name for key in found}
        aimed = {key: None for alias in found for key, _ in alias.sets}
        found.update(aimed)
        by_name: dict[str, dict[Key[Any], None]] = {}
        for key in found:
            by_name.setdefault(key.name, {})[key] = None

        self.keys = {name: tuple(by_name[name]) for name in sorted(by_name)}
        """All keys by name, sorted by name."""
        self.deciding: Mapping[Key[Any], AnyImpl] = deciding
        """Keys that decide a choice, including choices in branches not taken, each with the first that it decides."""
        self.too_late = tuple((key, choice) for key, choice in deciding.items() if not key.configurable)
        """Those of them that are only set at boot, each with a choice that depends on it."""
        self.declared = tuple(declared)
        """Keys declared by choices."""
        self.brought = frozenset(key for key in aimed if key.name not in names)
        """Keys set by aliases whose names nothing else in the application uses."""
        self.numbers: Mapping[int, int] = intern.numbers
        """The number of each term, by its identity; equal terms have one."""
        self.terms: Sequence[Any] = intern.terms
        """A term for each number."""
        self.deps_of: Mapping[int, tuple[int, ...]] = deps_of
        """The numbers of devices' dependencies, by the device's number; only of devices that have some."""
        self._keys_of = keys_of
        self._alive = intern.others  # so that the identities in `numbers` stay valid

    def term(self, term: Term) -> Any:
        """Return the representative of all terms equal to `term`, which must be in the application."""
        return self.terms[self.numbers[id(term)]]

    def keys_of(self, device: AnyImpl) -> Sequence[Key[Any]]:
        """Return the keys of `device`, which must be in the application."""
        return self._keys_of.get(self.numbers[id(device)], ())


def _read(value: Term, intern: Interner, done: set[int]) -> Iterator[Key[Any]]:
    """Return the keys that `value` depends on, skipping values with numbers in `done`, and add those visited to it."""
    pending = [value]
    while pending:
        value = pending.pop()
        number = intern.numbers[id(value)]
        if number not in done:
            done.add(number)
            if isinstance(value, Read):
                yield value.key
            pending += reversed(value._shape()[1])
