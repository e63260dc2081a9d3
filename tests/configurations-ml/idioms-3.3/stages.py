from typing import Any

from functoria import Device, Key, Type, arg, foreign, job, package
from mirage_devices import *
from mirage_devices.v3.arguments import ipv4_address

port = Key.opt("port", arg.int, default=80, stage="run", doc="The port.", docv="X")
host = Key.opt("host", arg.some(ipv4_address), default=None, env="HOST", doc="The host.", docv="X")
tags = Key.opt("tags", arg.list(arg.string), default=["a", "b"], doc="Tags.", docv="X")
fast = Key.flag("fast", stage="configure")


class Server(Device[Any]):
    """A server."""

    type = console >> Type("server")
    module = "Server.Make"
    name = "server"
    keys = (port, host, tags)
    packages = fast.value.if_([package("fast-server")], [package("server")])

    def connect(self, info, module, values):
        (connected,) = self.expect(values)
        return f"{module}.connect ~port:{port.call} ?host:{host.call} ~tags:{tags.call} {connected}"


main = foreign("Unikernel.Main", Type("server") >> job, keys=[fast])
app = register("stages", [main @ (Server() @ default_console)], argv=no_argv, reporter=no_reporter)
