"""A key/value store, made from a directory in the way that a key chooses."""

from functoria import Key, arg, foreign, job
from mirage_devices import generic_kv_ro, kv_ro, register

asked = Key.opt("ask", arg.list(arg.string), default=(), doc="The keys to look up.", stage="run")

main = foreign("Unikernel.Main", kv_ro >> job, keys=[asked])

app = register("store", [main @ generic_kv_ro("data")])
