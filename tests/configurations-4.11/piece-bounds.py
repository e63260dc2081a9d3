from mirage_devices.v4 import *

one = package("foo", min="1.0.0", max="3.0.0", sublibs=["a"])
two = package("foo", min="2.0.0", max="2.5.0", sublibs=["b"])
jobs = [
    main("Unikernel", job, packages=[one, package("lwt", min="5.0.0")]),
    main("Other", job, packages=[two, package("bar", build=True), package("baz")]),
    main("Third.Main", stackv4v6 >> job, packages=[package("bar"), package("tcpip", min="8.0.0")])
    @ generic_stackv4v6(default_network),
]
app = register("bounds", jobs, src=None)
