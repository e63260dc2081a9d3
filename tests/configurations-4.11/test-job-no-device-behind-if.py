from mirage_devices.v4 import *

app = register("noop", [if_impl(is_unix, main("App", job), main("App", job))], src=None)
