"""Two consoles: input is echoed in capitals."""

from functoria import foreign, job
from mirage_devices import console, custom_console, default_console, register

main = foreign("Unikernel.Main", console >> console >> job)

app = register("console", [main @ default_console @ custom_console("other")])
