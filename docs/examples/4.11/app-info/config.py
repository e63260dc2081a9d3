"""A unikernel that prints information on itself: its name, and the libraries that it was compiled with."""

from mirage_devices.v4 import job, main, package, register

app = register("app-info", [main("Unikernel", job, packages=[package("fmt")])])
