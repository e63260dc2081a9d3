from mirage_devices.v4 import *

app = register("hello", [main("Unikernel", job)], src=None)
