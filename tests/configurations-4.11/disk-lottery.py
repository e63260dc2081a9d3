from mirage_devices.v4 import *

packages = [package("checkseum"), package("cstruct"), package("fmt")]
disk = if_impl(is_solo5, block_of_file("storage"), if_impl(is_unikraft, block_of_file("0"), block_of_file("disk.img")))
app = register("lottery", [main("Unikernel.Main", block >> job, packages=packages) @ disk], src=None)
