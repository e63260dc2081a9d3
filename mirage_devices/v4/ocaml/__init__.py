"""Support for a config.ml of MirageOS 4.11: the OCaml names of its devices, and the Python objects that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functoria import Version
from functoria.ocaml.release import Release
from mirage_devices.v4.ocaml import modules

if TYPE_CHECKING:
    from functoria.ocaml.writer import Dialect


def _dialect() -> Dialect:
    from mirage_devices.v4.ocaml.python_form import dialect

    return dialect()


RELEASE = Release("MirageOS 4.11", Version("4.11.1"), modules.modules, dialect=_dialect, templates="mirage_devices.v4")
"""The release, for `functoria.ocaml`."""

__all__ = ["RELEASE"]
