"""A name is resolved by DNS."""

from mirage_devices.v4 import (
    default_network,
    dns_client,
    generic_dns_client,
    generic_happy_eyeballs,
    generic_stackv4v6,
    job,
    main,
    register,
    runtime_arg,
)

stack = generic_stackv4v6(default_network)
client = generic_dns_client(stack, generic_happy_eyeballs(stack))
unikernel = main("Unikernel.Main", dns_client >> job, runtime_args=[runtime_arg("Unikernel.host")])

app = register("resolve", [unikernel @ client])
