"""Sets of a package's versions, so that a formula is weighed once for all of them, however many there are."""

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
"""What opam's signs compare by."""


class Versions:
    """Some versions. A set of them is an integer: the bit of each is the one at its place in opam's order."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self.ordered = sorted(versions)
        self.all = (1 << len(self.ordered)) - 1
        """The set of all."""

    def beside(self, sign: str, bound: str) -> int | None:
        """Those that stand beside `bound` as `sign` says; None for a sign that does not compare.

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
