"""An echo service over TCP, for one connection; it reports the end to a syslog server, if there is one."""

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
