"""A TCP service on the sockets of the host: it echoes its input, and stops when its first client disconnects."""

from functoria import Key, arg, foreign, job, package
from mirage_devices import default_network, default_time, generic_stackv4, register, stackv4, time

port = Key.opt("port", arg.int, default=8080, doc="The TCP port to listen on.")

main = foreign("Unikernel.Main", time >> stackv4 >> job, keys=[port], packages=[package("duration")])

app = register("echo", [main @ default_time @ generic_stackv4(default_network)])
