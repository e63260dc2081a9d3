"""The clocks: the date, and how long the unikernel has run."""

from mirage_devices.v4 import job, main, package, register

app = register("clock", [main("Unikernel", job, packages=[package("duration")])])
