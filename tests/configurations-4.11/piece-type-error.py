from mirage_devices.v4 import *

app = register("bad", [main("Unikernel.Main", block >> job) @ default_network], src=None)
