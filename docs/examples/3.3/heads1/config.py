"""Lwt threads: two coins are tossed at once, and take different times."""

from functoria import foreign, job, package
from mirage_devices import default_time, register, time

app = register("heads1", [foreign("Unikernel.Main", time >> job, packages=[package("duration")]) @ default_time])
