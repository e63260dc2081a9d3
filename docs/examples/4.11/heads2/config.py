"""Threads of Lwt: one throws coins for ever, and another says what it threw, until both are stopped."""

from mirage_devices.v4 import job, main, package, register

packages = [package("duration"), package("mirage-crypto-rng")]

app = register("heads2", [main("Unikernel", job, packages=packages)])
