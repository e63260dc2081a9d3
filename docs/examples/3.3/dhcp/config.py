"""A bare interface, as a DHCP server needs it: logs incoming frames."""

from functoria import foreign, job
from mirage_devices import console, default_console, default_network, network, register

main = foreign("Unikernel.Main", console >> network >> job)

app = register("dhcp", [main @ default_console @ default_network])
