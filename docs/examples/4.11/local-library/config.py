"""A local library, in a directory beside the unikernel."""

from mirage_devices.v4 import job, main, register

app = register("local-library", [main("Unikernel", job, libraries=["greetings"])])
