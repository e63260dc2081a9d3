"""A repeated greeting: an option of the main module sets the text, one of the unikernel how often."""

from mirage_devices.v4 import job, main, package, register, runtime_arg

hello = main("Unikernel", job, runtime_args=[runtime_arg("Unikernel.hello")], packages=[package("duration")])

app = register("hello", [hello])
