from mirage_devices.v4 import *

app = register("noop", [main("App", job)], src=None)
