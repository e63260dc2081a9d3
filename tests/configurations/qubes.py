"""The database of Qubes, and the address in it."""

from functoria import foreign, job
from mirage_devices import (
    arp,
    default_network,
    default_qubesdb,
    etif,
    ipv4,
    ipv4_qubes,
    qubes_ipv4_stack,
    qubesdb,
    register,
    stackv4,
)

main = foreign("Unikernel.Main", qubesdb >> ipv4 >> stackv4 >> job)

link = etif(default_network)

app = register(
    "qubes",
    [main @ default_qubesdb @ ipv4_qubes(default_qubesdb, link, arp(link)) @ qubes_ipv4_stack(default_network)],
)
