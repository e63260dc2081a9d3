from mirage_devices.v4 import *

eth = ethif(default_network)
ip = create_ipv6(default_network, eth)
packages = [package("tcpip", min="7.0.0", sublibs=["ipv6", ""])]
app = register(
    "ping",
    [main("Unikernel.Main", network >> ethernet >> ipv6 >> job, packages=packages) @ default_network @ eth @ ip],
    src=None,
)
