"""An echo service over TCP, for one connection; it tells a server of syslog, if there is one, that it is over."""

from mirage_devices.v4 import (
    default_network,
    generic_stackv4v6,
    job,
    main,
    register,
    runtime_arg,
    stackv4v6,
    syslog_udp,
)

stack = generic_stackv4v6(default_network)
unikernel = main(
    "Unikernel.Main", stackv4v6 >> job, runtime_args=[runtime_arg("Unikernel.port")], deps=[syslog_udp(stack)]
)

app = register("echo", [unikernel @ stack])
