from typing import Any

from functoria import Type
from mirage_devices.v4 import Device, block, block_of_file, default_network, job, main, package, register, runtime_arg

store = Type("store")


class Store(Device[Any]):
    """A store on a disk, which is told of by the network."""

    type = block >> store
    module = "Store.Make"
    name = "store_make"
    own_packages = (package("store", min="1.2.0", max="2.0.0"), package("fmt"))
    runtime_args = (runtime_arg("Unikernel.speed"),)
    deps = (default_network,)

    def connect(self, info, module, values):
        disk, network, speed = self.expect(values, 3)
        return f"{module}.connect ~net:{network} ~speed:{speed} {disk}"


app = register("device", [main("Unikernel.Main", store >> job) @ (Store() @ block_of_file("disk.img"))])
