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


_EFFECTS = "reads or writes files or runs commands, which is not supported in a configuration"
_UNREAD = "is not in the supported part of OCaml's libraries"


def not_done(name: str, why: str = _EFFECTS) -> Pending:
    """Make a value whose use is an error with the reason `why`, usually that it has effects."""

    def refuse(at: Location) -> Any:
        raise refused(at, f"{name} {why}")

    return Pending(refuse)


class _AnyConstructor(dict[str, Made]):
    """The constructors of an unknown module."""

    def get(self, name: str, default: Any = None) -> Any:
        """Return a constructor with that name."""
        return Made(name, None)


def opaque(title: str, table: Mapping[str, Any] | None = None, **inside: Names) -> Names:
    """Make a module in which every name exists; using one is an error, except for those in `table`.

    Unix and Bos are about effects; other modules are reported as unsupported.
    """
    known = dict(table or {})
    effects = title.partition(".")[0] in ("Unix", "Bos")

    def value(name: str) -> Any:
        full = f"{title}.{name}"
        return known.get(name) or not_done(full, _EFFECTS if effects else _UNREAD)

    return Names(title, modules=dict(inside), constructors=_AnyConstructor(), library=value, opaque=True)
