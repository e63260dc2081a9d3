"""A job that is a module by itself."""

from functoria import foreign, job
from mirage_devices import register

app = register("noop", [foreign("Unikernel", job)])
