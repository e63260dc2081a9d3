from mirage_devices.v4 import *

stack = generic_stackv4v6(default_network)
tcp = tcpv4v6_of_stackv4v6(stack)
eyeballs = generic_happy_eyeballs(stack)
dns = generic_dns_client(stack, eyeballs)
tls = conduit_direct(stack, tls=True)
unikernel = main("Unikernel.Main", http >> http >> http_server >> alpn_client >> http_client >> job)
made = unikernel(
    cohttp_server(conduit_direct(stack)),
    httpaf_server(tls),
    paf_server(tcp, port=runtime_arg("Unikernel.port")),
    paf_client(tcp, mimic_happy_eyeballs(stack, eyeballs, dns)),
    cohttp_client(resolver_dns(stack, ns=["tls:9.9.9.9"]), tls),
)
app = register("http", [made], src=None)
