from mirage_devices.v4 import *

unikernel = main("Unikernel.Make", kv_ro >> job, runtime_args=[runtime_arg("Unikernel.filename")])
store = docteur("https://github.com/mirage/mirage", branch="refs/heads/main")
app = register("docteur_kv_ro", [unikernel @ store], src=None)
