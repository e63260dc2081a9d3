from mirage_devices.v4 import *

packages = [
    package("one", pin="file:///srv/one"),
    package("two", pin="file:///srv/me/two", pin_version="2.0"),
    package("tool", scope="switch", build=True),
]
app = register("pins-nobody", [main("Unikernel", job, packages=packages)], src=None)
