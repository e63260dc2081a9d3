"""A store of keys and values, compiled in or read from the host."""

from mirage_devices.v4 import generic_kv_ro, job, kv_ro, main, register, runtime_arg

unikernel = main("Unikernel.Main", kv_ro >> job, runtime_args=[runtime_arg("Unikernel.ask")])

app = register("store", [unikernel @ generic_kv_ro("data")])
