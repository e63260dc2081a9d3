"""The two clocks."""

from functoria import foreign, job
from mirage_devices import default_monotonic_clock, default_posix_clock, mclock, pclock, register

main = foreign("Unikernel.Main", pclock >> mclock >> job)

app = register("clock", [main @ default_posix_clock @ default_monotonic_clock])
