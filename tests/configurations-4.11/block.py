from mirage_devices.v4 import *

storage = if_impl(is_solo5, block_of_file("storage"), if_impl(is_unikraft, block_of_file("0"), block_of_file("disk.img")))
app = register("block_test", [main("Unikernel.Main", block >> job) @ storage], src=None)
