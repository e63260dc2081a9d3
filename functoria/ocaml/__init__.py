"""Read and evaluate configurations written in OCaml (config.ml) without OCaml installed.

Needs tree-sitter's grammar of OCaml: `pip install 'functoria[ocaml]'`. The installed libraries of
devices declare which releases are supported.
"""

from functoria.ocaml.load import load, loads
from functoria.ocaml.release import Release, releases

__all__ = ["Release", "load", "loads", "releases"]
