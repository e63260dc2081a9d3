"""Lwt threads: what takes too long is cancelled."""

from mirage_devices.v4 import job, main, package, register, runtime_arg

unikernel = main("Unikernel", job, runtime_args=[runtime_arg("Unikernel.takes")], packages=[package("duration")])

app = register("timeout1", [unikernel])
