from typing import Any

from functoria import Key, Type, arg
from mirage_devices.v4 import *

c = Type("c")
tint = Key.required("tint", arg.enum(["red", "blue"]), doc="A colour.", stage="configure")
many = Key.opt("many", arg.list(arg.string), default=(), stage="configure")


class Paint(Device[Any]):
    """A device whose code depends on keys."""

    type = c
    module = "Paint"
    name = "paint"
    keys = (tint, many)

    def connect(self, info, module, values):
        words = "; ".join(map(self.ocaml_string, info.get(many)))
        return f"{module}.connect {self.ocaml_string(info.get(tint))} [{words}]"


app = register("required", [main("Unikernel.Main", c >> job) @ Paint()], src=None)
