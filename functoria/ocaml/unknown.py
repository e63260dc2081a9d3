"""Errors for names that a configuration uses and its release lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from functoria.errors import FunctoriaError
from functoria.location import Location
from functoria.misspelling import few, near
from functoria.ocaml.errors import refused
from functoria.ocaml.release import Release
from functoria.ocaml.scope import Names, Scope
from functoria.ocaml.values import Function


class Unknown:
    """Makes errors for unknown names, with the release that has the name and similar names of this one."""

    def __init__(
        self,
        scope: Scope,
        release: Release,
        known: tuple[Release, ...],
        modules: Callable[[Release], Mapping[str, Names]],
    ) -> None:
        self.scope = scope
        self.release = release
        self.known = known
        self.modules = modules
        """Returns the modules of a release."""

    def __call__(self, kind: str, name: str, at: Location, within: Names | None) -> FunctoriaError:
        """Return the error for a name of this kind at a place: one of the module `within`, if that is given."""
        path, dot, last = name.rpartition(".")
        if within is None and (home := self._home(kind, last)):
            return refused(
                at,
                f"the {kind} {name} is one of {home}, which is not opened: begin with open {home}, or write {home}.{name}",
                objects=[name],
            )
        if within is not None and within.own:
            message, having = f"this file's module {within.title} has no {kind} {last}", []
        else:
            having = [each for each in self.known if each is not self.release and self._has(each, kind, last, within)]
            message = self._lacking(kind, name, within)
        if having:
            message += f", but {having[0]} has it"
        found = [] if within is not None and within.own else self._elsewhere(kind, last)
        if not found:
            found = [f"{path}{dot}{each}" for each in near(last, seen(self.scope, kind, within))]
        if found:
            message += f": did you mean {' or '.join(found)}?"
        elif within is not None and not having:
            message += f": it has {few(_of(within, kind))}"
        elif having:
            message += f": give --release {having[0].version} if this is for that"
        else:
            message += ", in this file or in the supported part of OCaml's libraries"
        return refused(at, message, objects=[name])

    def _home(self, kind: str, name: str) -> str:
        """Return the module of the release that has a name, if configurations usually open it and this one does not; else ""."""
        title, names = next(iter(self.modules(self.release).items()))
        opened = any(layer.title == title for layer in self.scope.layers)
        return "" if opened or name not in _of(names, kind) else title

    def _elsewhere(self, kind: str, name: str) -> list[str]:
        """Return the full names that the release has for a name, such as `Cmdliner.Arg.string`, if these are few."""
        if kind != "value":
            return []
        opened = {layer.title for layer in self.scope.layers}
        homes = {each.title for each in every(self.modules(self.release)) if name in _of(each, kind)}
        found = sorted(homes - opened)
        return [f"{home}.{name}" for home in found] if len(found) <= 2 else []

    def _lacking(self, kind: str, name: str, within: Names | None) -> str:
        """Return the problem that is certain about a name that is not found."""
        libraries = {names.title for names in every(self.scope.layers[0].modules)}
        own = {names.title for names in every(self.modules(self.release))}
        if within is not None and within.title in libraries - own:
            return f"{name} is not in the supported part of OCaml's libraries"
        return f"there is no {kind} {name} in {self.release}"

    def _has(self, release: Release, kind: str, name: str, within: Names | None) -> bool:
        """Whether a release has a name in a module of the title, or anywhere."""
        there = every(self.modules(release))
        return any(name in _of(names, kind) for names in there if within is None or names.title == within.title)


def seen(scope: Scope, kind: str, within: Names | None) -> list[str]:
    """Return the names of a kind that a module has; without a module, those in scope."""
    if within is not None:
        return _of(within, kind)
    return [name for layer in scope.layers for name in _of(layer, kind) if len(name) > 2]


def labelled(
    error: FunctoriaError, others: Iterable[Release], modules: Callable[[Release], Mapping[str, Names]]
) -> None:
    """Add to the error for an unknown label which of the `others` has it."""
    if len(error.objects) != 2 or not isinstance(error.objects[0], Function):
        return
    called, label = error.objects[0].name, error.objects[1]
    having = (
        release
        for release in others
        for names in every(modules(release))
        for value in map(names.value, names.names())
        if isinstance(value, Function)
        and value.name == called
        and any(each.label == label for each in value.parameters)
    )
    found = next(having, None)
    if found is not None:
        error.message += f". {found} has it" if error.message[-1] not in "?." else f" {found} has it"


def _of(names: Names, kind: str) -> list[str]:
    if kind == "value":
        return names.names()
    if kind == "field":
        return [field for fields in names.records.values() for field in fields]
    tables: dict[str, Any] = {
        "module": names.modules,
        "constructor": names.constructors,
        "class": names.classes,
    }
    return list(tables.get(kind, ()))


def every(modules: Mapping[str, Names]) -> list[Names]:
    """Iterate over the modules and those inside them, each once."""
    found: dict[int, Names] = {}
    pending = list(modules.values())
    while pending:
        names = pending.pop()
        if id(names) not in found:
            found[id(names)] = names
            pending.extend(names.modules.values())
    return list(found.values())
