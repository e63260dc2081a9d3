"""Applications of any size, each with a shape that could make planning or emitting expensive.

Every builder makes a new application, with nothing hashed or planned before.
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
"""The signature of the devices in the workloads."""


def hello() -> App:
    """The smallest unikernel with a device."""
    return register("hello", [foreign("Unikernel.Hello", time >> job, packages=[package("duration")]) @ default_time])


def jobs(n: int) -> App:
    """`n` independent jobs: as wide as possible."""
    return register("jobs", [foreign(f"Unikernel.Job{i}", job) for i in range(n)])


def over_devices(n: int) -> App:
    """`n` jobs, each over its own console and a shared clock."""
    mains = [foreign(f"Unikernel{i}.Main", console >> time >> job) for i in range(n)]
    return register("over_devices", [main @ custom_console(str(i)) @ default_time for i, main in enumerate(mains)])


def stacks(n: int) -> App:
    """`n` network stacks, each with its own keys: nine devices each, from four possible stacks."""
    main = foreign("Unikernel.Main", stackv4 >> job)
    nets = [(netif(str(i), group=f"g{i}"), f"g{i}") for i in range(n)]
    return register("stacks", [main @ generic_stackv4(net, group=group) for net, group in nets])


def doubling(n: int) -> App:
    """`n` levels, each of which uses the next one twice: a graph of `n` nodes, a tree of 2 to the `n`."""
    return register("doubling", [_levels(n)])


def twice(n: int) -> App:
    """The doubling term built twice without shared objects: the two are equal, and one device."""
    return register("twice", [_levels(n), _levels(n)])


def chain(n: int) -> App:
    """`n` jobs, each initialised after the previous one: as deep as possible, by dependencies."""
    last = foreign("Unikernel.Job0", job)
    for i in range(1, n):
        last = foreign(f"Unikernel.Job{i}", job, deps=[last])
    return register("chain", [last])


def choices(n: int) -> App:
    """`n` choices by one key, where both branches of each use the next choice: again a tree of 2 to the `n`."""
    side = Key.opt("side", arg.bool, default=False, stage="configure")
    left, right = foreign("Left", unit >> unit), foreign("Right", unit >> unit)
    level = foreign("Base", unit)
    for _ in range(n):
        level = if_impl(side.value, left @ level, right @ level)
    return register("choices", [foreign("Unikernel.Top", unit >> job) @ level], keys=[side])


def selectors(n: int) -> App:
    """Like `choices`, but each choice is by its own key, which it declares."""
    left, right = foreign("Left", unit >> unit), foreign("Right", unit >> unit)
    level = foreign("Base", unit)
    for i in range(n):
        side = Key.opt(f"side{i}", arg.bool, default=i % 2 == 0, stage="configure")
        level = if_impl(side.value, left @ level, right @ level, keys=[side])
    return register("selectors", [foreign("Unikernel.Top", unit >> job) @ level])


def conditions(n: int) -> App:
    """`n` choices, each by a value made from that of the previous choice: `n` steps in total."""
    side = Key.flag("side", stage="configure")
    value, jobs = side.value, []
    for i in range(n):
        value = value.map(bool)
        jobs.append(if_impl(value, foreign(f"Left{i}", job), foreign(f"Right{i}", job)))
    return register("conditions", jobs, keys=[side])


def arguments(n: int) -> App:
    """A functor with `n` arguments."""
    wide: Any = foreign("Unikernel.Wide", functor([unit] * n, job))
    return register("arguments", [wide(*(foreign(f"Argument{i}", unit) for i in range(n)))])


def keys(n: int) -> App:
    """A device that reads `n` keys."""
    return register("keys", [foreign("Unikernel.Main", job, keys=[_key(i) for i in range(n)])])


def packages(n: int) -> App:
    """A device that declares `n` packages."""
    wanted = [package(f"package-{i}", min=f"1.{i}", max=f"2.{i}", sublibs=["unix"]) for i in range(n)]
    return register("packages", [foreign("Unikernel.Main", job, packages=wanted)])


def declarations(n: int) -> App:
    """`n` devices that declare the same package, each with its own bounds and library: all are merged."""
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
    """A builder of applications, and what is expected of them."""

    build: Callable[[int], App]
    devices: Callable[[int], int]
    """The number of devices in the plan for a size, without those of every unikernel."""
    share: int = 1
    """The divisor of sizes, if one unit is about that many devices."""
    register: Callable[..., App] = register
    """Makes the applications; their plans also contain the devices of every unikernel."""
    within: float | None = None
    """The goal for planning and emitting a size of 10,000, in seconds; None if there is none."""

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
"""All workloads with a size, by name."""
