"""A key/value store: a directory, made available in the way that the key kv_ro chooses."""

from functoria import foreign, job
from mirage_devices import generic_kv_ro, kv_ro, register

app = register("kv-ro", [foreign("Unikernel.Main", kv_ro >> job) @ generic_kv_ro("data")])
