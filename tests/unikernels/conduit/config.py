"""Conduits with and without TLS, resolvers of both kinds, and an HTTP server."""

from functoria import foreign, job
from mirage_devices import (
    conduit,
    conduit_direct,
    default_network,
    generic_stackv4,
    http,
    http_server,
    register,
    resolver,
    resolver_dns,
    resolver_unix_system,
)

main = foreign("Unikernel.Main", resolver >> resolver >> resolver >> conduit >> http >> job)

stack = generic_stackv4(default_network)
plain = conduit_direct(stack)

app = register(
    "conduit",
    [
        main
        @ resolver_dns(stack)
        @ resolver_dns(stack, ns="192.0.2.53", ns_port=5353)
        @ resolver_unix_system
        @ conduit_direct(stack, tls=True)
        @ http_server(plain)
    ],
)
