"""Random numbers, from the generator that the key prng chooses."""

from functoria import foreign, job
from mirage_devices import default_random, random, register

app = register("prng", [foreign("Unikernel.Main", random >> job) @ default_random])
