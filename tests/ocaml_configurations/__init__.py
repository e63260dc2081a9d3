"""Configurations in OCaml."""
