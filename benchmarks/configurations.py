"""Configuration files for whole processes, and what MirageOS's own tools take for the same."""

from __future__ import annotations

from typing import NamedTuple

HELLO = """\
from functoria import foreign, job, package
from mirage_devices import default_time, register, time

main = foreign("Unikernel.Hello", time >> job, packages=[package("duration")])

app = register("hello", [main @ default_time])
"""

_JOBS = """\
from functoria import foreign, job
from mirage_devices import register

app = register("jobs", [foreign(f"Unikernel.Job{i}", job) for i in range(%d)])
"""

_STACKS = """\
from functoria import foreign, job
from mirage_devices import generic_stackv4, netif, register, stackv4

main = foreign("Unikernel.Main", stackv4 >> job)
stacks = [generic_stackv4(netif(str(i), group=f"g{i}"), group=f"g{i}") for i in range(%d)]

app = register("stacks", [main @ stack for stack in stacks])
"""

_DOUBLING = """\
from functoria import foreign, job
from mirage_devices import default_time, register, time

double = foreign("Level", time >> time >> time)
level = default_time
for _ in range(%d):
    level = double(level, level)

app = register("doubling", [foreign("Unikernel.Main", time >> job) @ level])
"""


class Reference(NamedTuple):
    """A configuration, and the seconds that one `configure` of it takes as a whole process.

    Those of MirageOS were measured on a machine of two cores; None where they were not.
    """

    name: str
    text: str
    mirage_3_3_1: float | None
    mirage_4_11_1: float | None
    """From a clean tree."""


REFERENCES = (
    Reference("hello", HELLO, 0.20, 0.36),
    Reference("100 jobs", _JOBS % 100, 0.87, None),
    Reference("200 jobs", _JOBS % 200, 2.8, None),
    Reference("400 jobs", _JOBS % 400, 11.3, 0.59),
    Reference("50 stacks", _STACKS % 50, 2.1, 0.60),
    Reference("16 levels", _DOUBLING % 16, None, 1.3),
    Reference("18 levels", _DOUBLING % 18, 0.38, 4.1),
    Reference("20 levels", _DOUBLING % 20, 0.91, 16.0),
    Reference("22 levels", _DOUBLING % 22, 2.9, 63.0),
    Reference("10,000 jobs", _JOBS % 10_000, None, None),
    Reference("10,000 levels", _DOUBLING % 10_000, None, None),
)
"""What was measured of MirageOS, and two sizes that it was not."""
