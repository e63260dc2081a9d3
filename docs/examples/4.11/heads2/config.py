"""Lwt threads: one tosses coins for ever, and another prints the results, until both are stopped."""

from mirage_devices.v4 import job, main, package, register

packages = [package("duration"), package("mirage-crypto-rng")]

app = register("heads2", [main("Unikernel", job, packages=packages)])
