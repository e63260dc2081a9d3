"""Random numbers, printed in hexadecimal."""

from mirage_devices.v4 import job, main, package, register

app = register("crypto", [main("Unikernel", job, packages=[package("mirage-crypto-rng")])])
