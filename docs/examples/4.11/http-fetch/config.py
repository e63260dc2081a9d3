"""An HTTP client, over conduit and a resolver."""

from mirage_devices.v4 import (
    cohttp_client,
    conduit_direct,
    default_network,
    generic_stackv4v6,
    http_client,
    job,
    main,
    register,
    resolver_dns,
    runtime_arg,
)

stack = generic_stackv4v6(default_network)
client = cohttp_client(resolver_dns(stack), conduit_direct(stack, tls=True))
unikernel = main("Unikernel.Main", http_client >> job, runtime_args=[runtime_arg("Unikernel.uri")])

app = register("http-fetch", [unikernel @ client])
