"""A unikernel that does nothing: its module is all that runs."""

from functoria import foreign, job
from mirage_devices import register

app = register("noop", [foreign("Unikernel", job)])
