from typing import Any

from functoria import Type
from functoria.sexp import Verbatim
from mirage_devices.v4 import *

t = Type("t")


class Data(Device[Any]):
    """A device with every hook."""

    type = t
    module = "Data"
    name = "data"
    deps = (default_network,)

    def files(self, info):
        return {"mirage/data.ml": f"let name = {self.ocaml_string(info.title)}\n", "mirage/data.txt": ""}

    def rules(self, info):
        empty = ("echo", Verbatim('""'))
        return [("rule", ("targets", "x.ml"), ("action", ("with-stdout-to", "x.ml", empty)))]

    def install(self, info):
        return Install(bin=(("tool.exe", "tool"),), etc=("conf.txt",))

    def connect(self, info, module, values):
        (net,) = self.expect(values, 1)
        return f"{module}.start {net}"


app = register("device-hooks", [main("Unikernel.Main", t >> job) @ Data()], src=None)
