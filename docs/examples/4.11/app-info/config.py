"""A unikernel that knows of itself: its name, and what it was compiled with."""

from mirage_devices.v4 import job, main, package, register

app = register("app-info", [main("Unikernel", job, packages=[package("fmt")])])
