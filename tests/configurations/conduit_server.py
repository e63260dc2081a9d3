"""Connections with conduit."""

from functoria import foreign, job, package
from mirage_devices import conduit, conduit_direct, default_network, generic_stackv4, register

main = foreign("Unikernel.Main", conduit >> job, packages=[package("cohttp-mirage")])

app = register("conduit_server", [main @ conduit_direct(generic_stackv4(default_network))])
