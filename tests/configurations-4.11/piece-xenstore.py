from mirage_devices.v4 import *

app = register("xenstore", [main("Unikernel.Main", block >> job) @ block_of_xenstore_id("/dev/xvdi1")], src=None)
