from mirage_devices.v4 import *

requests = make_dhcp_requests([119])
stack, told = generic_stackv4v6_with_lease(default_network, dhcp_requests=requests)
eyeballs = generic_happy_eyeballs(stack)
dns = generic_dns_client(stack, eyeballs, dhcp=(requests, told))
unikernel = main("Unikernel.Main", stackv4v6 >> lease >> dns_client >> resolver >> job)
app = register("lease", [unikernel @ stack @ told @ dns @ resolver_dns(stack, dhcp=(requests, told))], src=None)
