"""Stand-ins for effects that reading a configuration must not have, and for unknown modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from functoria.location import Location
from functoria.ocaml.errors import refused
from functoria.ocaml.scope import Made, Names


class Pending:
    """A library's value that is made when it is used; making it may fail."""

    def __init__(self, make: Callable[[Location], Any]) -> None:
        self.value = make


def not_done(name: str) -> Pending:
    """Make a value whose use is an error, because it would run commands, or read or write files."""
    """A value that does what reading a configuration does not: run commands, read or write files."""

    def refuse(at: Location) -> Any:
        raise refused(
            at, f"{name} reads or writes files or runs commands, which is not done when a configuration is read"
        )

    return Pending(refuse)


class _AnyConstructor(dict[str, Made]):
    """The constructors of an unknown module."""

    def get(self, name: str, default: Any = None) -> Any:
        """Return a constructor with that name."""
        return Made(name, None)


def opaque(title: str, table: Mapping[str, Any] | None = None, **inside: Names) -> Names:
    """Make a module in which every name exists; using one is an error, except for those in `table`."""
    known = dict(table or {})
    return Names(
        title,
        modules=dict(inside),
        constructors=_AnyConstructor(),
        library=lambda name: known.get(name) or not_done(f"{title}.{name}"),
        opaque=True,
    )
