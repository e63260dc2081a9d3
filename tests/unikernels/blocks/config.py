"""Two disks and a ramdisk."""

from functoria import foreign, job
from mirage_devices import block, block_of_file, ramdisk, register

main = foreign("Unikernel.Main", block >> block >> block >> job)

app = register("blocks", [main @ block_of_file("one.img") @ block_of_file("two.img") @ ramdisk("scratch")])
