"""Applications of any size with the devices of MirageOS 4.11, the counterparts of those with devices of 3.3."""

from __future__ import annotations

from benchmarks.workloads import Workload
from functoria import App
from mirage_devices.v4 import (
    block,
    block_of_file,
    generic_stackv4v6,
    job,
    main,
    netif,
    package,
    register,
    stackv4v6,
)


def hello_411() -> App:
    """The smallest unikernel."""
    return register("hello", [main("Unikernel.Hello", job, packages=[package("duration")])])


def over_devices_411(n: int) -> App:
    """`n` jobs, each over its own block device."""
    mains = [main(f"Unikernel{i}.Main", block >> job) for i in range(n)]
    return register("over_devices", [each @ block_of_file(str(i)) for i, each in enumerate(mains)])


def stacks_411(n: int) -> App:
    """`n` network stacks, each with its own options."""
    mains = [main(f"Unikernel{i}.Main", stackv4v6 >> job) for i in range(n)]
    nets = [(netif(str(i), group=f"g{i}"), f"g{i}") for i in range(n)]
    return register(
        "stacks", [each @ generic_stackv4v6(net, group=g) for each, (net, g) in zip(mains, nets, strict=True)]
    )


def doubling_411(n: int) -> App:
    """`n` levels, each of which needs the next one twice: a graph of `n` nodes, a tree of 2 to the `n`."""
    level = main("M0.Make", job)
    for i in range(n):
        level = main(f"M{i + 1}.Make", job, deps=[level, level])
    return register("doubling", [level])


WORKLOADS_411: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        Workload(over_devices_411, lambda n: 2 * n, register=register, within=1.5),
        Workload(doubling_411, lambda n: n + 2, register=register, within=1.0),
        Workload(stacks_411, lambda n: 13 * n, share=10, register=register),
    )
}
"""Those with a size, by name, compared with the goals of 3.3's."""
