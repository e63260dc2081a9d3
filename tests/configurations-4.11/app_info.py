from mirage_devices.v4 import *

packages = [package("fmt"), package("dune-build-info")]
app = register("app-info", [main("Unikernel", job, packages=packages)], src=None)
