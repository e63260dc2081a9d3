"""Programs that type checkers accept, with the exact types that they infer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

import networkx
from attrs import frozen

from functoria import (
    App,
    Bounds,
    Device,
    Impl,
    Info,
    Job,
    Key,
    Node,
    Package,
    Plan,
    Type,
    Value,
    Version,
    arg,
    foreign,
    functor,
    if_impl,
    job,
    lift,
    match_impl,
    merge,
    noop,
    package,
)
from functoria import register as register_plain
from mirage_devices import (
    Block,
    Console,
    Random,
    Stackv4,
    Time,
    block,
    block_of_file,
    console,
    custom_console,
    default_console,
    default_network,
    default_random,
    default_time,
    generic_stackv4,
    ipv4_address,
    is_unix,
    nocrypto,
    register,
    stackv4,
    target,
    time,
)

# Signatures, from the left.
assert_type(time, Type[Time])
assert_type(time >> job, Type[Time, Job])
assert_type(time >> console >> job, Type[Time, Console, Job])
assert_type(time >> block >> console >> stackv4 >> job, Type[Time, Block, Console, Stackv4, Job])
assert_type(functor([time >> block], job), Type[Type[Time, Block], Job])
assert_type(functor([time >> block], console >> job), Type[Type[Time, Block], Console, Job])
assert_type(Type("time").name, str)

# Devices of the catalogue.
assert_type(default_time, Impl[Time])
assert_type(default_console, Impl[Console])
assert_type(default_random, Impl[Random])
assert_type(nocrypto, Impl[Job])
assert_type(noop, Impl[Job])
assert_type(custom_console("1"), Impl[Console])
assert_type(block_of_file("disk.img"), Impl[Block])
assert_type(generic_stackv4(default_network), Impl[Stackv4])

# Application, step by step and at once.
main = foreign("Unikernel.Main", time >> console >> job, packages=[package("duration")])
assert_type(main, Impl[Time, Console, Job])
assert_type(main @ default_time, Impl[Console, Job])
assert_type(main @ default_time @ default_console, Impl[Job])
assert_type(main(default_time), Impl[Console, Job])
assert_type(main(default_time, default_console), Impl[Job])
assert_type((main @ default_time)(default_console), Impl[Job])
assert_type(main.signature, Type[Time, Console, Job])

# A functor that is an argument.
outer = foreign("Outer", functor([time >> block], console >> job))
inner = foreign("Inner", time >> block)
assert_type(outer, Impl[Type[Time, Block], Console, Job])
assert_type(outer @ inner, Impl[Console, Job])
assert_type(outer @ inner @ default_console, Impl[Job])

# Choices, of functors too.
chatty = Key.flag("chatty", stage="configure")
assert_type(if_impl(chatty.value, custom_console("1"), default_console), Impl[Console])
assert_type(match_impl(target.value, {"xen": main}, default=main), Impl[Time, Console, Job])
assert_type(if_impl(is_unix, main, main) @ default_time, Impl[Console, Job])


# Keys and values.
def _share(number: int, whole: bool) -> float:
    return 1.0 if whole else 1 / number


port = Key.opt("port", arg.int, default=80)
address = Key.required("address", arg.some(ipv4_address))
assert_type(port, Key[int])
assert_type(chatty, Key[bool])
assert_type(Key.opt("names", arg.list(arg.string), default=()), Key[tuple[str, ...]])
assert_type(Key.opt("colour", arg.enum(["red", "blue"]), default="red"), Key[str])
assert_type(Key.opt("size", arg.some(arg.int), default=None), Key[int | None])
assert_type(Key.alias("all", {port: 8080}), Key[bool])
assert_type(port.value, Value[int])
assert_type(port.value.map(str), Value[str])
assert_type(port.value.eq("80"), Value[bool])
assert_type(chatty.value.if_(1, 2), Value[int])
assert_type(Value.pure("a"), Value[str])
assert_type(lift(_share, port.value, chatty.value), Value[float])
assert_type(lift(lambda number, whole: str(number + whole), port.value, chatty.value), Value[str])


# Custom devices.
@frozen
class Banner(Device[Console, Console]):
    """A console over another one."""

    text: str

    type = console >> console
    module = "Banner.Make"

    @property
    def packages(self) -> Value[list[Package]]:
        """The packages for the target."""
        return is_unix.if_([package("banner-unix")], [package("banner", compatible="0.3.1")])

    @property
    def deps(self) -> tuple[Impl[Job]]:
        """Entropy."""
        return (nocrypto,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Connect with the text."""
        port_now: int = info.get(port)
        return f"{module}.connect {self.ocaml_string(self.text)} {values[0]} {port_now}"


assert_type(Banner("hello") @ default_console, Impl[Console])
assert_type((main @ default_time) @ (Banner("hello") @ default_console), Impl[Job])

# Packages, applications, plans.
assert_type(package("tcpip", min="3.5", max=Version("3.6")), Package)
assert_type(merge([package("tcpip")]).bounds, Bounds)
app = register("app", jobs=[main @ default_time @ default_console, noop], keys=[port, chatty], reporter=noop)
assert_type(app, App)
assert_type(register_plain("plain", jobs=[noop], init=[noop]), App)
assert_type(app.plan({port: 80, "target": "xen"}, chatty=True), Plan)
assert_type(app.plan().files(), dict[str, str])
assert_type(app.plan(partial=True).complete(), Plan)

# The graph of a plan, to networkx.
graph: networkx.DiGraph[int] = app.plan().graph
assert_type(app.plan().graph.root, Node)
networkx.ancestors(app.plan().graph, 0)
