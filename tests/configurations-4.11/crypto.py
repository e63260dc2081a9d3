from mirage_devices.v4 import *

packages = [
    *(package(name, min="1.0.0") for name in ("mirage-crypto", "mirage-crypto-pk", "mirage-crypto-rng")),
    package("digestif", min="1.2.0"),
    package("fmt"),
    package("ohex", min="0.2.0"),
    package("randomconv", min="0.2.0"),
]
app = register("crypto-test", [main("Unikernel", job, packages=packages)], src=None)
