"""A bare interface, as a server of DHCP has it: it tells which frames come."""

from mirage_devices.v4 import default_network, job, main, network, register

app = register("dhcp", [main("Unikernel.Main", network >> job) @ default_network])
