from mirage_devices.v4 import *

app = register("1abc", [main("Unikernel", job)], src=None)
