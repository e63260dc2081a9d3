"""Lwt threads: the same as timeout1, with Lwt's own function."""

from mirage_devices.v4 import job, main, package, register, runtime_arg

unikernel = main("Unikernel", job, runtime_args=[runtime_arg("Unikernel.takes")], packages=[package("duration")])

app = register("timeout2", [unikernel])
