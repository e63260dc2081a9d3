"""A program that prints information on its own build."""

from functoria import foreign, info, job
from mirage_devices import app_info, register

main = foreign("Unikernel.Main", info >> job)

app = register("app-info", [main @ app_info])
