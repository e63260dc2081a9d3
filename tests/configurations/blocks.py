"""Three block devices, among them a FAT image and a tar image."""

from functoria import foreign, job
from mirage_devices import archive_of_files, block, block_of_file, fat_of_files, fs, kv_ro, ramdisk, register

main = foreign("Unikernel.Main", block >> block >> block >> fs >> kv_ro >> job)

app = register(
    "blocks",
    [
        main
        @ block_of_file("a.img")
        @ block_of_file("b.img")
        @ ramdisk("scratch")
        @ fat_of_files("t")
        @ archive_of_files("t")
    ],
)
