from mirage_devices.v4 import *

app = register("noop", [], src=None)
