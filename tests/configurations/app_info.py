"""A unikernel that prints information on its own build."""

from functoria import foreign, job, package
from mirage_devices import app_info, console, default_console, register

main = foreign("Unikernel.Main", console >> job, packages=[package("fmt")], deps=[app_info])

app = register("console", [main @ default_console])
