"""A TCP service on a stack that the keys choose: logs connections and their input."""

from functoria import Key, arg, foreign, job
from mirage_devices import default_network, generic_stackv4, register, stackv4

port = Key.opt("port", arg.int, default=8080, doc="The TCP port that it listens on.")
main = foreign("Unikernel.Main", stackv4 >> job, keys=[port])

app = register("network", [main @ generic_stackv4(default_network)])
