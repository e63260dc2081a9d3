from mirage_devices.v4 import *

stack = generic_stackv4v6(default_network)
dns = generic_dns_client(stack, generic_happy_eyeballs(stack))
app = register("resolve", [main("Unikernel.Make", dns_client >> job) @ dns], src=None)
