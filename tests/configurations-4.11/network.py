from mirage_devices.v4 import *

app = register("network", [main("Unikernel.Main", stackv4v6 >> job) @ generic_stackv4v6(default_network)], src=None)
