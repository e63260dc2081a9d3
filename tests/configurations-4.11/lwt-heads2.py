from mirage_devices.v4 import *

app = register("heads2", [main("Unikernel", job, packages=[package("randomconv", min="0.2.0")])], src=None)
