"""Report OCaml exceptions that nothing in the configuration catches."""

from __future__ import annotations

from functoria.errors import FunctoriaError
from functoria.location import Location
from functoria.ocaml.errors import refused
from functoria.ocaml.formats import escaped
from functoria.ocaml.values import Raised


def uncaught(raised: Raised, at: Location) -> FunctoriaError:
    """Return the error for an exception that nothing in the configuration catches."""
    value = raised.value
    said = f" {escaped(value.argument)}" if isinstance(value.argument, str) else ""
    hints = {
        "Not_found": "what was looked for does not exist, such as an environment variable",
        "Match_failure": "no case matches the value",
        "Assert_failure": "the assertion does not hold",
    }
    hint = f": {hints[value.name]}" if value.name in hints else ""
    return refused(raised.at or at, f"the configuration raises {value.name}{said}{hint}", objects=[value])
