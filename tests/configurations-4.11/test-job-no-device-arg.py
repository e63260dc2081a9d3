from mirage_devices.v4 import *

app = register("noop", [main("App", job, runtime_args=[runtime_arg("Unikernel.hello")])], src=None)
