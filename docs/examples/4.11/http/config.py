"""An HTTP server, over paf: replies with the requested path."""

from mirage_devices.v4 import (
    default_network,
    generic_stackv4v6,
    http_server,
    job,
    main,
    package,
    paf_server,
    register,
    runtime_arg,
    tcpv4v6_of_stackv4v6,
)

tcp = tcpv4v6_of_stackv4v6(generic_stackv4v6(default_network))
server = paf_server(tcp, port=runtime_arg("Unikernel.port"))
unikernel = main("Unikernel.Main", http_server >> job, packages=[package("h1"), package("paf")])

app = register("http", [unikernel @ server])
