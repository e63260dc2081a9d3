from mirage_devices.v4 import *

stack = generic_stackv4v6(default_network)
client = cohttp_client(resolver_dns(stack), conduit_direct(stack, tls=True))
app = register("http-fetch", [main("Unikernel.Client", http_client >> job) @ client], src=None)
