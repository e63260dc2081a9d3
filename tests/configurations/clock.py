"""Both clocks."""

from functoria import foreign, job
from mirage_devices import default_monotonic_clock, default_posix_clock, default_time, mclock, pclock, register, time

main = foreign("Unikernel.Main", time >> pclock >> mclock >> job)

app = register("speaking_clock", [main @ default_time @ default_posix_clock @ default_monotonic_clock])
