from mirage_devices.v4 import *

app = register("quiet", [main("Unikernel", job)], reporter=default_reporter(level=None), src=None)
