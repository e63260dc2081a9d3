from mirage_devices.v4 import *

app = register("heads1", [main("Unikernel", job)], src=None)
