from mirage_devices.v4 import *

unikernel = main("Unikernel.Main", block >> block >> block >> block >> job)
blocks = (block_of_file("disk1.img"), generic_block("disk2.img"), generic_block("disk3", group="cache"), ramdisk("ram"))
app = register("blocks", [unikernel(*blocks)], src=None)
