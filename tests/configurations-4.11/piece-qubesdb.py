from mirage_devices.v4 import *

app = register("qdb", [main("Unikernel.Main", qubesdb >> job) @ default_qubesdb], src=None)
