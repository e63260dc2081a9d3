"""The Unix family: the unikernel is a process, linked by the OCaml compiler with the libraries of the system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from functoria import package
from mirage_devices.v3.backends import ocaml
from mirage_devices.v3.backends.base import Backend

if TYPE_CHECKING:
    from functoria import Info
    from functoria.sexp import Sexp


class Unix(Backend):
    """A target whose unikernel is a process."""

    family = "unix"
    packages = (package("mirage-unix", min="3.1.0", max="3.2.0"),)

    def program(self, info: Info, flags: Sequence[str]) -> Iterable[Sexp]:
        """Return the stanzas that make NAME directly with the compiler."""
        promoted = ("mode", "promote-until-clean")
        return [
            *ocaml.library(info, flags),
            ocaml.linked(info, ocaml.closure(info), self.result(info), "mirage_unix", ("-thread",), promoted),
        ]


TARGETS = (Unix("unix", "`Unix"), Unix("macosx", "`MacOSX"))
