"""A service on the stack that the keys choose, a second stack with its own ARP, and random numbers."""

from functoria import foreign, job
from mirage_devices import (
    default_network,
    default_random,
    farp,
    generic_stackv4,
    ipv4_config,
    netif,
    random,
    register,
    stackv4,
    static_ipv4_stack,
)

main = foreign("Unikernel.Main", stackv4 >> stackv4 >> random >> job)

private = static_ipv4_stack(netif("tap1", "private"), "private", ipv4_config("192.168.7.9/16"), arp=farp)

app = register("network", [main @ generic_stackv4(default_network) @ private @ default_random])
