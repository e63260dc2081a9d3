"""A disk of which each start draws a sector, where it counts how often that was drawn."""

from mirage_devices.v4 import block, block_of_file, if_impl, is_solo5, is_unikraft, job, main, register, runtime_arg

disk = if_impl(is_solo5, block_of_file("storage"), if_impl(is_unikraft, block_of_file("0"), block_of_file("disk.img")))
unikernel = main("Unikernel.Main", block >> job, runtime_args=[runtime_arg("Unikernel.sectors")])

app = register("lottery", [unikernel @ disk])
