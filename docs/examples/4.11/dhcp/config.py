"""A bare interface, as a DHCP server needs it: logs incoming frames."""

from mirage_devices.v4 import default_network, job, main, network, register

app = register("dhcp", [main("Unikernel.Main", network >> job) @ default_network])
