"""Configuration files for whole processes: the same work for this library and for MirageOS's own tools, with their times."""

from __future__ import annotations

from typing import Literal, NamedTuple

HELLO = """\
from functoria import foreign, job, package
from mirage_devices import default_time, register, time

main = foreign("Unikernel.Hello", time >> job, packages=[package("duration")])

app = register("hello", [main @ default_time])
"""

_JOBS = """\
from functoria import foreign, job
from mirage_devices import console, custom_console, default_time, register, time

mains = [foreign(f"Unikernel{i}.Main", console >> time >> job) for i in range(%d)]

app = register("scale", [main @ custom_console(str(i)) @ default_time for i, main in enumerate(mains)])
"""

_STACKS = """\
from functoria import foreign, job
from mirage_devices import generic_stackv4, netif, register, stackv4

mains = [foreign(f"Unikernel{i}.Main", stackv4 >> job) for i in range(%d)]
stacks = [generic_stackv4(netif(str(i), group=f"g{i}"), group=f"g{i}") for i in range(len(mains))]

app = register("scale", [main @ stack for main, stack in zip(mains, stacks)])
"""

_DOUBLING = """\
from functoria import foreign, job
from mirage_devices import register

level = foreign("M0.Make", job)
for i in range(%d):
    level = foreign(f"M{i + 1}.Make", job, deps=[level, level])

app = register("scale", [level])
"""

HELLO_411 = """\
from mirage_devices.v4 import job, main, package, register

app = register("hello", [main("Unikernel.Hello", job, packages=[package("duration")])])
"""

_JOBS_411 = """\
from mirage_devices.v4 import block, block_of_file, job, main, register

mains = [main(f"Unikernel{i}.Main", block >> job) for i in range(%d)]

app = register("scale", [each @ block_of_file(str(i)) for i, each in enumerate(mains)])
"""

_STACKS_411 = """\
from mirage_devices.v4 import generic_stackv4v6, job, main, netif, register, stackv4v6

mains = [main(f"Unikernel{i}.Main", stackv4v6 >> job) for i in range(%d)]
stacks = [generic_stackv4v6(netif(str(i), group=f"g{i}"), group=f"g{i}") for i in range(len(mains))]

app = register("scale", [each @ stack for each, stack in zip(mains, stacks)])
"""

_DOUBLING_411 = """\
from mirage_devices.v4 import job, main, register

level = main("M0.Make", job)
for i in range(%d):
    level = main(f"M{i + 1}.Make", job, deps=[level, level])

app = register("scale", [level])
"""


class Reference(NamedTuple):
    """A configuration, and the time that `configure -t hvt` of its counterpart took with MirageOS's own tool, in seconds.

    These are medians of the wall-clock times of whole processes, all from one run on a quiet machine with two cores. Another
    machine takes another time, so only their relation to `ours` matters elsewhere. None if there was no such run.
    """

    name: str
    release: Literal["3.3", "4.11"]
    text: str
    mirage: float | None = None
    """For MirageOS 3.3.1, or 4.11.1 from a clean tree."""
    again: float | None = None
    """For 4.11.1, if the configuration is already compiled; 3.3.1 has no equivalent."""
    ours: float | None = None
    """For this library in that run, before it had the catalogue for 4.11: at commit cc3847f."""


REFERENCES = (
    Reference("hello", "3.3", HELLO, 0.407, None, 0.256),
    Reference("100 jobs", "3.3", _JOBS % 100, 1.563, None, 0.353),
    Reference("400 jobs", "3.3", _JOBS % 400, 27.9, None, 0.505),
    Reference("50 stacks", "3.3", _STACKS % 50, 16.2, None, 0.475),
    Reference("20 levels", "3.3", _DOUBLING % 20, 1.686, None, 0.257),
    Reference("22 levels", "3.3", _DOUBLING % 22),
    Reference("10,000 jobs", "3.3", _JOBS % 10_000),
    Reference("10,000 levels", "3.3", _DOUBLING % 10_000),
    Reference("hello", "4.11", HELLO_411, 0.780, 0.098),
    Reference("100 jobs", "4.11", _JOBS_411 % 100, 0.857, 0.147),
    Reference("400 jobs", "4.11", _JOBS_411 % 400, 0.977, 0.330),
    Reference("50 stacks", "4.11", _STACKS_411 % 50, 1.803, 1.102),
    Reference("20 levels", "4.11", _DOUBLING_411 % 20, 28.4, 28.6),
    Reference("22 levels", "4.11", _DOUBLING_411 % 22),
    Reference("10,000 jobs", "4.11", _JOBS_411 % 10_000),
    Reference("10,000 levels", "4.11", _DOUBLING_411 % 10_000),
)
"""The configurations that were measured with MirageOS, for each release, and sizes that were not."""
