from mirage_devices.v4 import *

app = register("describe", [main("App", stackv4v6 >> job) @ generic_stackv4v6(default_network)], src=None)
