from mirage_devices.v4 import *

app = register("kv_ro", [main("Unikernel.Main", kv_ro >> job) @ generic_kv_ro("t")], src=None)
