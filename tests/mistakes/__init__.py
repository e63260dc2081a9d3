"""Mistakes that users make, by kind, each with its error."""

from tests.mistakes import devices, keys, packages, terms
from tests.mistakes.registry import MISTAKES, Mistake, mistake, plain, write

__all__ = ["MISTAKES", "Mistake", "devices", "keys", "mistake", "packages", "plain", "terms", "write"]
