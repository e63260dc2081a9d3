"""A DNS server over UDP that does not answer yet: it logs who sends queries."""

from functoria import foreign, job
from mirage_devices import default_network, generic_stackv4, register, stackv4

app = register("dns", [foreign("Unikernel.Main", stackv4 >> job) @ generic_stackv4(default_network)])
