"""A network stack, traced."""

from functoria import foreign, job
from mirage_devices import default_network, generic_stackv4, mprof_trace, register, stackv4

main = foreign("Unikernel.Main", stackv4 >> job)

app = register("example", [main @ generic_stackv4(default_network)], tracing=mprof_trace(1000000))
