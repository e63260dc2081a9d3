"""Its message is an option of the unikernel, which is given at boot."""

from mirage_devices.v4 import job, main, package, register, runtime_arg

unikernel = main("Unikernel", job, runtime_args=[runtime_arg("Unikernel.hello")], packages=[package("duration")])

app = register("hello-key", [unikernel])
