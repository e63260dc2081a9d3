"""A TCP service on a stack that the keys choose: logs connections and their input."""

from mirage_devices.v4 import default_network, generic_stackv4v6, job, main, register, runtime_arg, stackv4v6

unikernel = main("Unikernel.Main", stackv4v6 >> job, runtime_args=[runtime_arg("Unikernel.port")])

app = register("network", [unikernel @ generic_stackv4v6(default_network)])
