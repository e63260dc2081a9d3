"""Random numbers of the generator that the key prng says."""

from functoria import foreign, job
from mirage_devices import default_random, random, register

main = foreign("Unikernel.Main", random >> job)

app = register("random", [main @ default_random])
