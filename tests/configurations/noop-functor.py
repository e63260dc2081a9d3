"""A job that is a module inside another one."""

from functoria import foreign, job
from mirage_devices import register

app = register("noop", [foreign("Unikernel.Main", job)])
