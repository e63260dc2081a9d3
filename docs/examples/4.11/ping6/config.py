"""IPv6 by itself, without a stack: answers pings."""

from mirage_devices.v4 import create_ipv6, default_network, ethernet, ethif, ipv6, job, main, network, register

link = ethif(default_network)
unikernel = main("Unikernel.Main", network >> ethernet >> ipv6 >> job)

app = register("ping6", [unikernel @ default_network @ link @ create_ipv6(default_network, link)])
