"""A library of the unikernel's own, in a directory beside it."""

from mirage_devices.v4 import job, main, register

app = register("local-library", [main("Unikernel", job, libraries=["greetings"])])
