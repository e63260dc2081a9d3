"""A disk: its sectors are written, and read back."""

from functoria import foreign, job
from mirage_devices import block, block_of_file, register

app = register("block", [foreign("Unikernel.Main", block >> job) @ block_of_file("disk.img")])
