"""Lwt threads: lines arrive at random times and are printed, several times, and then it ends."""

from mirage_devices.v4 import job, main, package, register

packages = [package("duration"), package("mirage-crypto-rng")]

app = register("echo-server", [main("Unikernel", job, packages=packages)])
