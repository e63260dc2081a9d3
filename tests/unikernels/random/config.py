"""Random numbers of the generator chosen by the key prng."""

from functoria import foreign, job
from mirage_devices import default_random, random, register

main = foreign("Unikernel.Main", random >> job)

app = register("random", [main @ default_random])
