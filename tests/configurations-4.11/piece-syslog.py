from mirage_devices.v4 import *

stack = generic_stackv4v6(default_network)
logs = [syslog_udp(stack), syslog_tcp(stack, group="t"), syslog_tls(stack, crunch("tls"), group="s"), monitoring(stack)]
app = register("syslogs", [main("Unikernel.Main", stackv4v6 >> job, deps=logs) @ stack], src=None)
