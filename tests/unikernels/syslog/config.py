"""Logs sent by UDP, TCP or TLS, depending on a key."""

from functoria import Key, arg, foreign, job, match_impl
from mirage_devices import (
    crunch,
    default_network,
    generic_stackv4,
    register,
    syslog_config,
    syslog_tcp,
    syslog_tls,
    syslog_udp,
)
from mirage_devices import syslog as syslog_type

transport = Key.opt("transport", arg.enum(["udp", "tcp", "tls"]), default="udp", stage="configure")
stack = generic_stackv4(default_network)
config = syslog_config('host "one"', truncate=60)
sender = match_impl(
    transport.value,
    {
        "tcp": syslog_tcp(stack, config),
        "tls": syslog_tls(stack, crunch("keys"), keyname='the "key"', config=config),
    },
    default=syslog_udp(stack, config),
    keys=[transport],
)
main = foreign("Unikernel.Main", syslog_type >> job)

app = register("syslog", [main @ sender])
