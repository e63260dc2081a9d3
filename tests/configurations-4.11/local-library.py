from mirage_devices.v4 import *

app = register("local-library", [main("Unikernel", job, local_libs=["hello"])], src=None)
