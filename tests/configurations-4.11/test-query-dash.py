from mirage_devices.v4 import *

app = register("noop-functor.v0", [main("App", job >> job) @ noop], src=None)
