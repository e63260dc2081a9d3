from typing import Any

from functoria import Key, Type
from mirage_devices.v4 import Device, if_impl, is_unix, job, main, package, register

mode = Type("mode")
fast = Key.flag("fast", doc="Be fast.", stage="configure")


class Fast(Device[Any]):
    """The fast one."""

    type = mode
    module = "Mode.Fast"
    name = "mode_fast"
    own_packages = is_unix.if_([package("quick-unix")], [package("quick")])
    keys = (fast,)

    def connect(self, info, module, values):
        return f"{module}.mode true"


class Slow(Device[Any]):
    """The slow one."""

    type = mode
    module = "Mode.Slow"
    name = "mode_slow"
    keys = (fast,)

    def connect(self, info, module, values):
        return f"{module}.mode false"


app = register("chosen", [main("Unikernel.Main", mode >> job) @ if_impl(fast.value, Fast(), Slow())])
