"""A unikernel that does nothing: what every unikernel has is all that it has."""

from mirage_devices.v4 import register

app = register("noop", [])
