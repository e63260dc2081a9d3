"""A console: prints hello a few times."""

from functoria import foreign, job, package
from mirage_devices import console, default_console, default_time, register, time

main = foreign("Unikernel.Main", console >> time >> job, packages=[package("duration")])

app = register("console", [main @ default_console @ default_time])
