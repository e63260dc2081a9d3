"""Lwt threads: lines arrive at random times and are printed, several times, and then it ends."""

from functoria import foreign, job, package
from mirage_devices import default_random, default_time, random, register, time

main = foreign("Unikernel.Main", time >> random >> job, packages=[package("duration")])

app = register("echo-server", [main @ default_time @ default_random])
