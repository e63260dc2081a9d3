from mirage_devices.v4 import *

app = register("speaking_clock", [main("Unikernel", job)], src=None)
