"""IPv6 by itself, because no stack of MirageOS 3.3 has it: answers pings."""

from functoria import foreign, job
from mirage_devices import create_ipv6, default_network, ethernet, etif, ipv6, ipv6_config, network, register

link = etif(default_network)
layer = create_ipv6(link, ipv6_config(["fc00::2"], ["fc00::/64"], ["fc00::1"]))

app = register("ping6", [foreign("Unikernel.Main", network >> ethernet >> ipv6 >> job) @ default_network @ link @ layer])
