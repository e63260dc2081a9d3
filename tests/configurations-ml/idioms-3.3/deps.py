from typing import Any

from functoria import Device, Key, Type, arg, foreign, job, package
from mirage_devices import default_posix_clock, default_random, default_time, is_unix, register, time

store = Type("store")
speed = Key.opt("speed", arg.int, default=3, doc="How fast.")


class Disk(Device[Any]):
    """A disk, which needs three others."""

    type = time >> store
    module = "Disk.Make"
    name = "disk"
    packages = is_unix.if_([package("disk", min="1.0.0")], [package("disk"), package("disk-solo5")])
    keys = (speed,)
    deps = (default_random, default_posix_clock)

    def connect(self, info, module, values):
        values = self.expect(values, 3)
        return f'{module}.connect {values[0]}\n{values[1]} ~speed:{speed.call} "{values[2]}"'


main = foreign("Unikernel.Main", store >> job)
app = register("deps", [main @ (Disk() @ default_time)])
