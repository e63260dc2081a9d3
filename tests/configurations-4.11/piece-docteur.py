from functoria import Key, arg
from mirage_devices.v4 import *

name = Key.opt("web-name", arg.string, default="web", stage="configure")
output = Key.opt("web-output", arg.string, default="web.img", stage="configure")
assets = docteur("relativize://assets", mode="light", extra_deps=["a.txt", "b.txt"])
pages = docteur("file://var/www", name=name, output=output)
app = register("docteurs", [main("Unikernel.Main", kv_ro >> kv_ro >> job) @ assets @ pages], src=None)
