"""A key/value store: a directory, made available in the way that the key kv_ro chooses."""

from mirage_devices.v4 import generic_kv_ro, job, kv_ro, main, register

app = register("kv-ro", [main("Unikernel.Main", kv_ro >> job) @ generic_kv_ro("data")])
