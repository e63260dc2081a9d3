"""A disk: its sectors are written, and read back."""

from mirage_devices.v4 import block, block_of_file, job, main, register

app = register("block", [main("Unikernel.Main", block >> job) @ block_of_file("disk.img")])
