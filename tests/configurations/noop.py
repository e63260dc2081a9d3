"""A job that is a top-level module."""

from functoria import foreign, job
from mirage_devices import register

app = register("noop", [foreign("Unikernel", job)])
