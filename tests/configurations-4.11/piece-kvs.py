from mirage_devices.v4 import *

unikernel = main("Unikernel.Main", kv_ro >> kv_ro >> kv_ro >> kv_ro >> kv_ro >> kv_rw >> kv_rw >> kv_rw >> job)
made = unikernel @ crunch("dir-A/b") @ direct_kv_ro("t") @ generic_kv_ro("htdocs", group="web")
made = made @ tar_kv_ro(block_of_file("x.tar")) @ fat_ro(block_of_file("y.fat"))
made = made @ direct_kv_rw("rw") @ kv_rw_mem() @ tar_kv_rw(block_of_file("z.tar"))
app = register("kvs", [made], src=None)
