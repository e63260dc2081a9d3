"""Lwt threads: two coins are tossed at once, and take different times."""

from mirage_devices.v4 import job, main, package, register

app = register("heads1", [main("Unikernel", job, packages=[package("duration")])])
