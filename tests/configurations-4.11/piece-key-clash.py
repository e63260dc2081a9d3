from functoria import Key
from mirage_devices.v4 import *

fancy = Key.flag("fancy", doc="Be fancy.", flags=["f", "fancy"], stage="configure")
app = register("key-clash", [main("Unikernel", job), if_impl(fancy.value, noop, main("Other", job))], src=None)
