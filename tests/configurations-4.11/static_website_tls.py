from mirage_devices.v4 import *

stack = generic_stackv4v6(default_network)
server = cohttp_server(conduit_direct(stack, tls=True))
data, certificates = generic_kv_ro("htdocs", group="data"), generic_kv_ro("tls", group="certs")
unikernel = main("Dispatch.HTTPS", kv_ro >> kv_ro >> http >> job, packages=[package("uri"), package("magic-mime")])
app = register("https", [unikernel @ data @ certificates @ server], src=None)
