"""The clocks: the date, and for how long the unikernel has been running."""

from mirage_devices.v4 import job, main, package, register

app = register("clock", [main("Unikernel", job, packages=[package("duration")])])
