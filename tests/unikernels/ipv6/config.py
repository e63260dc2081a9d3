"""IPv6, layer by layer, because no stack of MirageOS 3.3 has it."""

from functoria import foreign, job
from mirage_devices import (
    create_ipv6,
    default_network,
    direct_tcp,
    direct_udp,
    etif,
    ipv6,
    ipv6_config,
    register,
    tcpv6,
    udpv6,
)

main = foreign("Unikernel.Main", ipv6 >> udpv6 >> tcpv6 >> job)

layer = create_ipv6(etif(default_network), ipv6_config(["fe80::2"], ["fe80::/64"], ["fe80::1"]))

app = register("ipv6", [main @ layer @ direct_udp(layer) @ direct_tcp(layer)])
