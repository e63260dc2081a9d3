"""The clocks, a random number, and a local library."""

from mirage_devices.v4 import job, main, package, register

unikernel = main("Unikernel", job, packages=[package("mirage-crypto-rng")], local_libs=["lines"])

app = register("clock", [unikernel])
