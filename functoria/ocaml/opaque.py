"""What reading a configuration does not do, and modules of which nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from functoria.location import Location
from functoria.ocaml.errors import refused
from functoria.ocaml.scope import Made, Names


class Pending:
    """A library's value that is made when it is used, and may fail there."""

    def __init__(self, make: Callable[[Location], Any]) -> None:
        self.value = make


def not_done(name: str) -> Pending:
    """A value that does what reading a configuration does not do: run commands, read or write files."""
    """A value that does what reading a configuration does not: run commands, read or write files."""

    def refuse(at: Location) -> Any:
        raise refused(
            at, f"{name} reads or writes files or runs commands, which is not done when a configuration is read"
        )

    return Pending(refuse)


class _AnyConstructor(dict[str, Made]):
    """Constructors of a module that is not known here."""

    def get(self, name: str, default: Any = None) -> Any:
        """One of that name."""
        return Made(name, None)


def opaque(title: str, table: Mapping[str, Any] | None = None, **inside: Names) -> Names:
    """A module whose values, but for those in `table`, do what reading a configuration does not; any name is one."""
    known = dict(table or {})
    return Names(
        title,
        modules=dict(inside),
        constructors=_AnyConstructor(),
        library=lambda name: known.get(name) or not_done(f"{title}.{name}"),
        opaque=True,
    )
