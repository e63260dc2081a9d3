"""Values of a release's interfaces that are not supported in a config.ml; using one is refused by name."""

from __future__ import annotations

from collections.abc import Mapping

from attr import frozen

from functoria.location import Location
from functoria.ocaml.errors import refused
from functoria.ocaml.opaque import Pending
from functoria.ocaml.scope import Names


@frozen
class Unread:
    """The unsupported names in the interfaces of a release."""

    release: str
    """The name of the release in messages."""
    values: Mapping[str, tuple[str, ...]]
    """The values, by the title of their module."""
    modules: Mapping[str, tuple[str, ...]]
    """The modules inside each, of which no value is supported."""

    def value(self, name: str) -> Pending:
        """Return a value that raises an error when it is used."""

        def refuse(at: Location) -> object:
            message = f"{name} of {self.release} is not supported in a config.ml: write what needs it in Python"
            raise refused(at, message, objects=[name])

        return Pending(refuse)

    def add(self, names: Names) -> Names:
        """Add a module's unsupported names to it, and return it."""
        title, library = names.title, names.library
        unread = frozenset(self.values.get(title, ()))

        def found(name: str) -> object:
            known = None if library is None else library(name)
            return self.value(f"{title}.{name}") if known is None and name in unread else known

        names.library = found
        for inner in self.modules.get(title, ()):
            names.modules.setdefault(inner, self._module(f"{title}.{inner}"))
        return names

    def _module(self, title: str) -> Names:
        return Names(title, library=lambda name: self.value(f"{title}.{name}"), opaque=True)
