"""A service over TCP, on a stack that the keys choose: it tells who comes, and what they say."""

from mirage_devices.v4 import default_network, generic_stackv4v6, job, main, register, runtime_arg, stackv4v6

unikernel = main("Unikernel.Main", stackv4v6 >> job, runtime_args=[runtime_arg("Unikernel.port")])

app = register("network", [unikernel @ generic_stackv4v6(default_network)])
