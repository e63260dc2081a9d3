"""The audit of bounds, under the name that it had before: see `functoria.opam.audit`."""

from functoria.opam.audit import Case, Finding, Result, audit, cases, default_environment, reach, solved, to_json

__all__ = ["Case", "Finding", "Result", "audit", "cases", "default_environment", "reach", "solved", "to_json"]
