"""A unikernel that does nothing, in a module inside another one."""

from functoria import foreign, job
from mirage_devices import register

app = register("noop-functor", [foreign("Unikernel.Main", job)])
