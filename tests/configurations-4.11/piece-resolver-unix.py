from mirage_devices.v4 import *

app = register("resolver-unix", [main("Unikernel.Main", resolver >> job) @ resolver_unix_system], src=None)
