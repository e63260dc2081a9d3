"""Lwt threads: what takes too long is cancelled, with Lwt's own function."""

from functoria import Key, arg, foreign, job, package
from mirage_devices import default_time, register, time

takes = Key.opt("takes", arg.int, default=1000, doc="How many milliseconds the work takes.")
main = foreign("Unikernel.Main", time >> job, keys=[takes], packages=[package("duration")])

app = register("timeout2", [main @ default_time])
