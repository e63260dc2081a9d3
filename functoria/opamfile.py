"""opam files, under the name that they had before: see `functoria.opam.file`."""

from functoria.opam.file import And, Not, Or, Relation, Value, Word, condition, of_data, parse, to_data

__all__ = ["And", "Not", "Or", "Relation", "Value", "Word", "condition", "of_data", "parse", "to_data"]
