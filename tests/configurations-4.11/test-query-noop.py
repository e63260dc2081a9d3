from mirage_devices.v4 import *

app = register("noop", [noop], src=None)
