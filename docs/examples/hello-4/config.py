"""Hello for MirageOS 4.11: a plain module, with an option that is given when the unikernel boots."""

from mirage_devices.v4 import job, main, package, register, runtime_arg

hello = main("Unikernel", job, runtime_args=[runtime_arg("Unikernel.hello")], packages=[package("duration")])

app = register("hello", [hello])
