"""The arguments of start, in order: the functor's arguments, the dependencies, the runtime arguments."""

from mirage_devices.v4 import block, crunch, job, main, ramdisk, register, runtime_arg

unikernel = main(
    "Unikernel.Inner.Main",
    block >> job,
    deps=[crunch("data")],
    runtime_args=[runtime_arg("Unikernel.Terms.colour"), runtime_arg("Unikernel.Terms.size")],
)
second = main("Second", job, runtime_args=[runtime_arg("Unikernel.Terms.size")])

app = register("arguments", [unikernel @ ramdisk("memory"), second])
