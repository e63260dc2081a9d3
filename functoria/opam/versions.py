"""Sets of a package's versions as bits, so that a formula is evaluated once for all of them."""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any

from functoria.errors import InvalidVersion
from functoria.version import Version

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""Python's functions for opam's comparison signs."""


class Versions:
    """The versions of a package. A set of them is an integer, with a bit for each version in opam's order."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self.ordered = sorted(versions)
        self.all = (1 << len(self.ordered)) - 1
        """The set of all."""

    def beside(self, sign: str, bound: str) -> int | None:
        """Return the versions that compare with `bound` as `sign` requires; None if `sign` is not a comparison.

        What is not a version is compared as text, as opam does.
        """
        if sign not in COMPARE:
            return None
        try:
            version = Version(bound)
        except InvalidVersion:
            compare = COMPARE[sign]
            return sum(1 << place for place, one in enumerate(self.ordered) if compare(one.text, bound))
        below = (1 << bisect_left(self.ordered, version)) - 1
        up_to = (1 << bisect_right(self.ordered, version)) - 1
        equal = up_to ^ below
        return {
            "=": equal,
            "!=": self.all ^ equal,
            "<": below,
            "<=": up_to,
            ">": self.all ^ up_to,
            ">=": self.all ^ below,
        }[sign]
