"""A file system on a disk: a value is written to it, and read back."""

from mirage_devices.v4 import block_of_file, chamelon, job, kv_rw, main, register, runtime_arg

store = chamelon(block_of_file("littlefs"), program_block_size=runtime_arg("Unikernel.program_block_size"))

app = register("littlefs", [main("Unikernel.Main", kv_rw >> job) @ store])
