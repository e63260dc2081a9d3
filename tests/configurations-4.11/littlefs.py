from mirage_devices.v4 import *

packages = [package("hxd", sublibs=["core", "string"])]
store = chamelon(block_of_file("littlefs"), program_block_size=runtime_arg("Unikernel.program_block_size"))
app = register("elittlefs", [main("Unikernel.Make", kv_rw >> job, packages=packages) @ store], src=None)
