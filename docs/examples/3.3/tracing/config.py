"""The service of network, traced: the activity of its threads is in a buffer that a tool can read."""

from functoria import Key, arg, foreign, job
from mirage_devices import default_network, generic_stackv4, mprof_trace, register, stackv4

port = Key.opt("port", arg.int, default=8080, doc="The TCP port that it listens on.")
main = foreign("Unikernel.Main", stackv4 >> job, keys=[port])

app = register("tracing", [main @ generic_stackv4(default_network)], tracing=mprof_trace(1_000_000))
