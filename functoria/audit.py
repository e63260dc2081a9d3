"""The former name of `functoria.opam.audit`, kept for existing imports."""

from functoria.opam.audit import Case, Finding, Result, audit, cases, default_environment, reach, solved, to_json

__all__ = ["Case", "Finding", "Result", "audit", "cases", "default_environment", "reach", "solved", "to_json"]
