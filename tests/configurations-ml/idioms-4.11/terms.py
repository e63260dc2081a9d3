from typing import Any

from functoria import Key, Type
from mirage_devices.v4 import *
from mirage_devices.v4 import runtime_args as known

greeter = Type("greeter")
CODE = '''let open Cmdliner in
      Arg.(value & opt string "you" & info ~doc:"Who is greeted." [ "name" ])'''
name_of = runtime_arg(CODE, packages=[package("fmt")])
loud = Key.flag("loud", doc="Shout.", stage="configure")


def wanted(loud: bool) -> list[Any]:
    """The packages."""
    return [package("greeter"), *([package("caps")] if loud else [])]


class Greeter(Device[Any]):
    """A device with all that one has."""

    type = stackv4v6 >> greeter
    module = "Greeter.Make"
    name = "greeter_make"
    own_packages = loud.value.map(wanted)
    keys = (loud,)
    runtime_args = (known.ipv4_only(group="g"), name_of)

    def connect(self, info, module, values):
        stack, only, name = self.expect(values)
        return f"{module}.connect ~only:{only} ~name:{name} {stack}"


stack = generic_stackv4v6(default_network, group="g", ipv4_network="192.0.2.2/24")
app = register("terms", [main("Unikernel.Main", greeter >> job) @ (Greeter() @ stack)], src=None)
