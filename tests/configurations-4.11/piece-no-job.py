from mirage_devices.v4 import *

app = register("second", [], src=None)
