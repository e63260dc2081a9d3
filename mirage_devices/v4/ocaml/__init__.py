"""The OCaml names of MirageOS 4.11: what a config.ml of that release calls its devices, and what each is here."""

from functoria import Version
from functoria.ocaml.release import Release
from mirage_devices.v4.ocaml import modules

RELEASE = Release("MirageOS 4.11", Version("4.11.1"), modules.modules)
"""The release, for `functoria.ocaml`."""

__all__ = ["RELEASE"]
