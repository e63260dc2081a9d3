from mirage_devices.v4 import *

app = register("hello-key", [main("Unikernel", job)], src=None)
