from typing import Any

from functoria import Type
from mirage_devices.v4 import *

connect = Type("connect")


class Connect(Device[Any]):
    """The unikernel's own connections."""

    type = tcpv4v6 >> mimic >> connect
    module = "Connect.Make"
    name = "connect_make"

    def connect(self, info, module, values):
        _, connections = self.expect(values, 2)
        return f"{module}.connect {connections}"


packages = [
    package("base64", sublibs=["rfc2045"]),
    package("digestif"),
    package("h2", min="0.13.0"),
    package("hxd", sublibs=["core", "string"]),
    package("rresult"),
]
stack = generic_stackv4v6(default_network)
tcp = tcpv4v6_of_stackv4v6(stack)
eyeballs = generic_happy_eyeballs(stack)
connections = mimic_happy_eyeballs(stack, eyeballs, generic_dns_client(stack, eyeballs))
unikernel = main("Unikernel.Make", kv_ro >> kv_ro >> tcpv4v6 >> connect >> http_server >> job, packages=packages)
server = paf_server(tcp, port=runtime_arg("Unikernel.port"))
made = unikernel @ crunch("certificates") @ crunch("keys") @ tcp @ (Connect() @ tcp @ connections) @ server
app = register("minipaf", [made], src=None)
