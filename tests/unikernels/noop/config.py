"""A unikernel that does nothing."""

from mirage_devices import noop, register

app = register("noop", [noop])
