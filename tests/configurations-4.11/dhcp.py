from mirage_devices.v4 import *

packages = [
    package("charrua", min="1.6.0"),
    package("charrua-server", min="3.0.0"),
    package("arp", min="3.0.0", sublibs=["mirage"]),
    package("ethernet", min="3.0.0"),
]
app = register("dhcp", [main("Unikernel.Main", network >> job, packages=packages) @ default_network], src=None)
