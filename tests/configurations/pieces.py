"""The layers of a stack one by one, with keys in a group."""

from functoria import foreign, job
from mirage_devices import (
    arpv4,
    create_ipv4,
    direct_tcp,
    direct_udp,
    ethernet,
    etif,
    farp,
    ipv4,
    netif,
    network,
    register,
    tcpv4,
    udpv4,
)

main = foreign("Unikernel.Main", network >> ethernet >> arpv4 >> ipv4 >> udpv4 >> tcpv4 >> job)

interface = netif("10", group="private")
link = etif(interface)
addresses = farp(link)
internet = create_ipv4(link, addresses, group="private")

app = register("pieces", [main(interface, link, addresses, internet, direct_udp(internet), direct_tcp(internet))])
