from functoria import foreign, if_impl, job
from mirage_devices import *

config = ipv4_config("192.0.2.7/24", gateway="192.0.2.1")
fixed = static_ipv4_stack(default_network, config=config, arp=farp)
six = ipv6_config(["2001:db8::1"], ["2001:db8::/32"])
logger = syslog_udp(fixed, config=syslog_config("a.example.org", server="192.0.2.9", truncate=1484))
stack = if_impl(is_unix, socket_stackv4(["0.0.0.0", "127.0.0.1"]), fixed)
main = foreign("Unikernel.Main", stackv4 >> ipv6 >> job, deps=[logger])
app = register("addresses", [main @ stack @ create_ipv6(etif(default_network), six, group="six")])
