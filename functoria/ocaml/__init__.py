"""Configurations in OCaml: a config.ml read and evaluated as it is, without OCaml.

Needs tree-sitter's grammar of OCaml: `pip install 'functoria[ocaml]'`. Which releases are read is said by the libraries of
devices that are installed.
"""

from functoria.ocaml.load import load, loads
from functoria.ocaml.release import Release, releases

__all__ = ["Release", "load", "loads", "releases"]
