"""Threads of Lwt: two coins are thrown at once, and take different times."""

from mirage_devices.v4 import job, main, package, register

app = register("heads1", [main("Unikernel", job, packages=[package("duration")])])
