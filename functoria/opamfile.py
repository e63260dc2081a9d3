"""The former name of `functoria.opam.file`, kept for existing imports."""

from functoria.opam.file import And, Not, Or, Relation, Value, Word, condition, of_data, parse, to_data

__all__ = ["And", "Not", "Or", "Relation", "Value", "Word", "condition", "of_data", "parse", "to_data"]
