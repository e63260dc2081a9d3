"""A file system, and a key/value store over it."""

from functoria import foreign, job
from mirage_devices import block_of_file, fat, fs, kv_ro, kv_ro_of_fs, register

main = foreign("Unikernel.Main", fs >> kv_ro >> job)

disk = fat(block_of_file("disk.img"))

app = register("fat", [main @ disk @ kv_ro_of_fs(disk)])
