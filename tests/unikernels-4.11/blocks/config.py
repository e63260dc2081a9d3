"""Two disks: a file of the host, and memory."""

from mirage_devices.v4 import block, block_of_file, job, main, ramdisk, register

unikernel = main("Unikernel.Main", block >> block >> job)

app = register("blocks", [unikernel @ block_of_file("disk.img") @ ramdisk("memory")])
