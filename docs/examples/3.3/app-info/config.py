"""A unikernel that prints information on its own build: its name, and its packages."""

from functoria import foreign, info, job
from mirage_devices import app_info, register

app = register("app-info", [foreign("Unikernel.Main", info >> job) @ app_info])
