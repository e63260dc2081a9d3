"""A unikernel that knows of its own build: its name, and the packages that it consists of."""

from functoria import foreign, info, job
from mirage_devices import app_info, register

app = register("app-info", [foreign("Unikernel.Main", info >> job) @ app_info])
