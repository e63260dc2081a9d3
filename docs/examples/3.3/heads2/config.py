"""Lwt threads: one tosses coins for ever, and another prints the results, until both are stopped."""

from functoria import foreign, job, package
from mirage_devices import default_random, default_time, random, register, time

main = foreign("Unikernel.Main", time >> random >> job, packages=[package("duration")])

app = register("heads2", [main @ default_time @ default_random])
