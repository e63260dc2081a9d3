from mirage_devices.v4 import *

app = register("noop", [main("App", job >> job) @ noop], src=None)
