"""Remedies for an OCaml value of the wrong type, by the names of both types."""

from __future__ import annotations

_MADE = {
    ("string", "package"): "write package before it",
    ("impl", "abstract_impl"): "put it into (abstract …), from 4 on (dep …)",
    ("key", "abstract_key"): "put it into (Key.abstract …), from 4 on (Key.v …)",
    ("string", "int"): "write a number, without quotes",
    ("int", "string"): "write it in quotes",
    ("float", "int"): "write it without a point",
    ("int", "float"): "write it with a point",
    ("string", "bool"): "write true or false, without quotes",
}
APPLIED = "apply a functor with $, as in main $ default_time"
"""The remedy for a functor that is called like a function."""


def remedy(given: str, wanted: str) -> str:
    """Describe how to make a value of the type `wanted` from one of the type `given`; empty if that is not known."""
    if wanted == f"{given} list":
        return "put it in brackets, [ … ]"
    if wanted == f"{given} option":
        return "write (Some …)"
    if given == f"{wanted} option":
        return "give it without Some"
    if given.endswith("impl") and wanted.endswith("list") and "abstract_impl" not in wanted:
        return f"{APPLIED}, and put a list in brackets"
    if wanted.endswith(" list"):
        more = remedy(given, wanted.removesuffix(" list"))
        return more and f"{more}, and put that in brackets, [ … ]"
    return _MADE.get((given.rpartition(" ")[2], wanted), "")
