"""An HTTP client, over conduit and a resolver."""

from functoria import Key, arg, foreign, job, package
from mirage_devices import conduit, conduit_direct, default_network, generic_stackv4, register, resolver, resolver_dns

uri = Key.opt("uri", arg.string, default="https://mirage.io", doc="What to fetch.")
main = foreign("Unikernel.Client", resolver >> conduit >> job, keys=[uri], packages=[package("cohttp-mirage")])
stack = generic_stackv4(default_network)

app = register("http-fetch", [main @ resolver_dns(stack) @ conduit_direct(stack, tls=True)])
