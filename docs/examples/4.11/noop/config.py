"""A unikernel that does nothing, and has only what every unikernel has."""

from mirage_devices.v4 import register

app = register("noop", [])
