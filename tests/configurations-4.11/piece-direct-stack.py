from mirage_devices.v4 import *

net = default_network
eth = ethif(net)
address = arp(eth)
stack = direct_stackv4v6(net, eth, address, create_ipv4(eth, address), create_ipv6(net, eth), group="g")
app = register("direct-stack", [main("Unikernel.Main", stackv4v6 >> job) @ stack], src=None)
