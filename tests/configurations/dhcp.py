"""A DHCP server, on a bare interface."""

from functoria import foreign, job, package
from mirage_devices import (
    console,
    default_console,
    default_monotonic_clock,
    default_network,
    default_time,
    mclock,
    network,
    register,
    time,
)

main = foreign(
    "Unikernel.Main",
    console >> network >> mclock >> time >> job,
    packages=[
        package("charrua-core", min="0.5", sublibs=["server", "wire"]),
        package("tcpip", sublibs=["arpv4", "ethif"]),
    ],
)

app = register("dhcp", [main(default_console, default_network, default_monotonic_clock, default_time)])
