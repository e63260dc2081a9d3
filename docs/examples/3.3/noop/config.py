"""A unikernel that does nothing: only its module runs."""

from functoria import foreign, job
from mirage_devices import register

app = register("noop", [foreign("Unikernel", job)])
