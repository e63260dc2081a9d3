"""Applications of any size, each with a shape that could make planning or emitting expensive.

Every builder makes a new application, with nothing in it that was hashed or planned before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen

from functoria import App, Impl, Key, Type, arg, foreign, functor, if_impl, job, package
from mirage_devices import console, custom_console, default_time, generic_stackv4, netif, register, stackv4, time


class Unit:
    """Label of `unit` for type checkers."""


unit: Type[Unit] = Type("unit")
"""The signature of the devices that workloads are made of."""


def hello() -> App:
    """The smallest unikernel with a device."""
    return register("hello", [foreign("Unikernel.Hello", time >> job, packages=[package("duration")]) @ default_time])


def jobs(n: int) -> App:
    """`n` jobs that are independent of each other: as wide as can be."""
    return register("jobs", [foreign(f"Unikernel.Job{i}", job) for i in range(n)])


def over_devices(n: int) -> App:
    """`n` jobs, each over a console of its own and the clock that all share."""
    mains = [foreign(f"Unikernel{i}.Main", console >> time >> job) for i in range(n)]
    return register("over_devices", [main @ custom_console(str(i)) @ default_time for i, main in enumerate(mains)])


def stacks(n: int) -> App:
    """`n` network stacks, each with keys of its own: nine devices each, of four possible stacks."""
    main = foreign("Unikernel.Main", stackv4 >> job)
    nets = [(netif(str(i), group=f"g{i}"), f"g{i}") for i in range(n)]
    return register("stacks", [main @ generic_stackv4(net, group=group) for net, group in nets])


def doubling(n: int) -> App:
    """`n` levels, each of which uses the one below twice: a graph of `n` nodes, a tree of 2 to the `n`."""
    return register("doubling", [_levels(n)])


def twice(n: int) -> App:
    """The doubling term built twice without shared objects: both are equal, and one device."""
    return register("twice", [_levels(n), _levels(n)])


def chain(n: int) -> App:
    """`n` jobs, each of which is initialised after the one before: as deep as can be, by dependencies."""
    last = foreign("Unikernel.Job0", job)
    for i in range(1, n):
        last = foreign(f"Unikernel.Job{i}", job, deps=[last])
    return register("chain", [last])


def choices(n: int) -> App:
    """`n` choices by one key, where both branches of each use the choice below: a tree of 2 to the `n` again."""
    side = Key.opt("side", arg.bool, default=False, stage="configure")
    left, right = foreign("Left", unit >> unit), foreign("Right", unit >> unit)
    level = foreign("Base", unit)
    for _ in range(n):
        level = if_impl(side.value, left @ level, right @ level)
    return register("choices", [foreign("Unikernel.Top", unit >> job) @ level], keys=[side])


def selectors(n: int) -> App:
    """Like `choices`, but each choice is by a key of its own, which it declares."""
    left, right = foreign("Left", unit >> unit), foreign("Right", unit >> unit)
    level = foreign("Base", unit)
    for i in range(n):
        side = Key.opt(f"side{i}", arg.bool, default=i % 2 == 0, stage="configure")
        level = if_impl(side.value, left @ level, right @ level, keys=[side])
    return register("selectors", [foreign("Unikernel.Top", unit >> job) @ level])


def conditions(n: int) -> App:
    """`n` choices, each by a value made from that of the choice before: all of them together are `n` steps."""
    side = Key.flag("side", stage="configure")
    value, jobs = side.value, []
    for i in range(n):
        value = value.map(bool)
        jobs.append(if_impl(value, foreign(f"Left{i}", job), foreign(f"Right{i}", job)))
    return register("conditions", jobs, keys=[side])


def arguments(n: int) -> App:
    """One functor of `n` arguments."""
    wide: Any = foreign("Unikernel.Wide", functor([unit] * n, job))
    return register("arguments", [wide(*(foreign(f"Argument{i}", unit) for i in range(n)))])


def keys(n: int) -> App:
    """One device that reads `n` keys."""
    return register("keys", [foreign("Unikernel.Main", job, keys=[_key(i) for i in range(n)])])


def packages(n: int) -> App:
    """One device that brings `n` packages."""
    wanted = [package(f"package-{i}", min=f"1.{i}", max=f"2.{i}", sublibs=["unix"]) for i in range(n)]
    return register("packages", [foreign("Unikernel.Main", job, packages=wanted)])


def declarations(n: int) -> App:
    """`n` devices that declare one package, each with bounds and a library of its own: all are merged."""
    wanted = [package("shared", min=f"1.{i}", max=f"2.{i + n}", sublibs=[f"part{i}"]) for i in range(n)]
    return register("declarations", [foreign(f"Unikernel.Job{i}", job, packages=[p]) for i, p in enumerate(wanted)])


def _levels(n: int) -> Impl[Any]:
    double = foreign("Level", unit >> unit >> unit)
    level = foreign("Base", unit)
    for _ in range(n):
        level = double(level, level)
    return foreign("Unikernel.Top", unit >> job) @ level


def _key(number: int) -> Key[int]:
    return Key.opt(f"key{number}", arg.int, default=number, doc=f"Number {number}.")


@frozen
class Workload:
    """A builder of applications, and what is expected of these."""

    build: Callable[[int], App]
    devices: Callable[[int], int]
    """How many devices the plan of an application of some size has, those of every unikernel aside."""
    share: int = 1
    """What sizes are divided by, where one unit is about so many devices."""
    register: Callable[..., App] = register
    """Makes the applications, in whose plans there are the devices of every unikernel too."""
    within: float | None = None
    """The seconds in which one of size 10,000 is to be planned and emitted, where that is a goal."""

    @property
    def name(self) -> str:
        """The builder's name."""
        return self.build.__name__


WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        Workload(jobs, lambda n: n, within=1.5),
        Workload(doubling, lambda n: n + 2, within=1.0),
        Workload(twice, lambda n: n + 2),
        Workload(chain, lambda n: n),
        Workload(choices, lambda n: n + 2),
        Workload(selectors, lambda n: n + 2),
        Workload(conditions, lambda n: n),
        Workload(arguments, lambda n: n + 1),
        Workload(keys, lambda n: 1),
        Workload(packages, lambda n: 1),
        Workload(declarations, lambda n: n),
        Workload(over_devices, lambda n: 2 * n + 1),
        Workload(stacks, lambda n: 9 * n + 3, share=10),
    )
}
"""All workloads that have a size, by name."""
