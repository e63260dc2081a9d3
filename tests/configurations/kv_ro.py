"""A key/value store, of the kind that a key chooses."""

from functoria import foreign, job
from mirage_devices import generic_kv_ro, kv_ro, register

main = foreign("Unikernel.Main", kv_ro >> job)

app = register("kv_ro", [main @ generic_kv_ro("t")])
