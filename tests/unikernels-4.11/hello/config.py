"""A greeting, said twice; what is said is an option that the main module registers, how often one that the unikernel does."""

from mirage_devices.v4 import job, main, package, register, runtime_arg

hello = main("Unikernel", job, runtime_args=[runtime_arg("Unikernel.hello")], packages=[package("duration")])

app = register("hello", [hello])
