"""Values of a release's interfaces that are not read from a config.ml: the use of one is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping

from attr import frozen

from functoria.location import Location
from functoria.ocaml.errors import refused
from functoria.ocaml.opaque import Pending
from functoria.ocaml.scope import Names


@frozen
class Unread:
    """What the interfaces of a release have that is not read."""

    release: str
    """The name of the release in messages."""
    values: Mapping[str, tuple[str, ...]]
    """The values, by the title of their module."""
    modules: Mapping[str, tuple[str, ...]]
    """The modules inside each, none of whose values is read."""

    def value(self, name: str) -> Pending:
        """Return a value whose use is refused."""

        def refuse(at: Location) -> object:
            message = f"{name} of {self.release} is not read from a config.ml: write what needs it in a configuration in Python"
            raise refused(at, message, objects=[name])

        return Pending(refuse)

    def add(self, names: Names) -> Names:
        """Let a module have what is not read of it, and return it."""
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
