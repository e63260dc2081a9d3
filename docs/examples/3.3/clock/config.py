"""The clocks: the date, and for how long the unikernel has been running."""

from functoria import foreign, job, package
from mirage_devices import default_monotonic_clock, default_posix_clock, default_time, mclock, pclock, register, time

main = foreign("Unikernel.Main", time >> pclock >> mclock >> job, packages=[package("duration")])

app = register("clock", [main @ default_time @ default_posix_clock @ default_monotonic_clock])
