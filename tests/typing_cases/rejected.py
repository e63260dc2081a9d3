"""Mistakes that type checkers find: one in each line that ends with the mark."""

from __future__ import annotations

from functoria import Impl, Job, Key, Type, Value, arg, foreign, functor, if_impl, job, lift, match_impl, noop, package
from functoria import register as register_plain
from mirage_devices import (
    Block,
    Console,
    Time,
    block,
    block_of_file,
    console,
    custom_console,
    default_console,
    default_network,
    default_time,
    generic_stackv4,
    is_unix,
    register,
    stackv4,
    target,
    time,
)

main = foreign("Unikernel.Main", time >> console >> job)
outer = foreign("Outer", functor([time >> block], job))
inner = foreign("Inner", time >> block)
flag = Key.flag("flag")
port = Key.opt("port", arg.int, default=80)

# Arguments: a wrong one, in the wrong order, one too many, and something that is not an implementation.
main @ default_console  # E
main @ default_time @ default_time  # E
main @ default_console @ default_time  # E
main @ default_time @ default_console @ default_time  # E
main(default_console)  # E
main(default_time, default_time)  # E
main(default_time, default_console, default_console)  # E
default_time @ default_console  # E
main @ time  # E
main @ "time"  # E
main @ None  # E

# Functors as arguments.
outer @ default_time  # E
outer @ (inner @ default_time)  # E
outer @ foreign("Inner", time >> console)  # E
outer @ foreign("Inner", block >> time)  # E

# Types.
wrong_time: Impl[Time] = default_console  # E
wrong_rest: Impl[Job] = main @ default_time  # E
wrong_functor: Impl[Time, Job] = main  # E
wrong_type: Type[Time, Job] = time >> console >> job  # E
time >> "job"  # E
Type(3)  # E
foreign("Main", "job")  # E
foreign(3, job)  # E

# Lists of jobs.
register("app", [main])  # E
register("app", [main @ default_time])  # E
register("app", [default_time])  # E
register("app", jobs=[noop, default_console])  # E
register("app", noop)  # E
register("app", ["noop"])  # E
register("app", [noop], reporter=default_time)  # E
register("app", [noop], keys=[port.value])  # E
register("app", [noop], packages=["duration"])  # E
register_plain("app", [noop], init=[default_time])  # E

# Devices of the catalogue.
custom_console(0)  # E
block_of_file(default_console)  # E
generic_stackv4(default_time)  # E
generic_stackv4()  # E
wrong_stack: Impl[Block] = generic_stackv4(default_network)  # E
foreign("Main", stackv4 >> job) @ default_network  # E

# Choices.
if_impl(flag, default_time, default_time)  # E
if_impl(port.value, default_time, default_time)  # E
if_impl(True, default_time, default_time)  # E
match_impl(target.value, {"xen": default_time})  # E
match_impl(target, {"xen": default_time}, default=default_time)  # E
wrong_choice: Impl[Console] = if_impl(is_unix, default_time, default_time)  # E

# Keys, values, packages.
Key.opt("k", arg.int)  # E
Key.opt("k", int, default=1)  # E
Key.flag("k", stage="boot")  # E
Key.flag(3)  # E
wrong_key: Key[str] = port  # E
wrong_value: Value[str] = port.value.map(abs)  # E
lift(lambda number, whole: number + whole, port.value)  # E
wrong_lift: Value[str] = lift(max, port.value, port.value)  # E
package("tcpip", min=3.5)  # E
package("tcpip", sublibs=True)  # E
package("tcpip", "3.5")  # E
