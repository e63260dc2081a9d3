"""Every converter, every kind of key, at every stage; the program prints them all."""

from functoria import Key, arg, foreign, job
from mirage_devices import (
    default_time,
    ipv4_address,
    ipv4_interface,
    ipv6_address,
    ipv6_network,
    log_threshold,
    register,
    time,
)

COLOURS = {"red": "`Red", "dark-red": "`Dark_red", "crimson": "`Dark_red"}

converters = [
    Key.opt("string", arg.string, default="plain text"),
    Key.opt("bool", arg.bool, default=False),
    Key.opt("int", arg.int, default=-7),
    Key.opt("ints", arg.list(arg.int), default=(1, 2)),
    Key.opt("maybe", arg.some(arg.string), default=None),
    Key.opt("maybes", arg.list(arg.some(arg.int)), default=()),
    Key.opt("colour", arg.enum(COLOURS), default="red"),
    Key.opt("fruits", arg.list(arg.enum(["apple", "pear"])), default=("pear",)),
    Key.opt("ipv4", ipv4_address, default="192.0.2.1"),
    Key.opt("interface", ipv4_interface, default="10.0.0.2/24"),
    Key.opt("ipv6", ipv6_address, default="2001:db8::1"),
    Key.opt("network", ipv6_network, default="2001:db8::/32"),
    Key.opt("threshold", log_threshold, default="info"),
]
kinds = [
    Key.opt("fixed", arg.string, default="never said", stage="configure"),
    Key.opt("late", arg.string, default="as declared", stage="run"),
    Key.flag("flag"),
    Key.flag("fixed-flag", stage="configure"),
    Key.flag("late-flag", stage="run"),
    Key.required("needed", arg.int),
    Key.required("fixed-needed", ipv4_interface, stage="configure"),
    Key.required("late-needed", arg.string, stage="run"),
    Key.opt("renamed", arg.string, default="long or short", flags=["r", "ü", "other-name"], env="RENAMED", docv="WORD"),
]
quick = Key.alias("quick", {kinds[0]: "said by the alias", converters[2]: 99})

main = foreign("Unikernel.Main", time >> job, keys=[*converters, *kinds, quick])

app = register("arguments", [main @ default_time])
