"""A server of DNS over UDP, which answers nothing yet: it tells who asks."""

from functoria import foreign, job
from mirage_devices import default_network, generic_stackv4, register, stackv4

app = register("dns", [foreign("Unikernel.Main", stackv4 >> job) @ generic_stackv4(default_network)])
