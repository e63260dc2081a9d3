from typing import Any

from functoria import Device, Type, foreign, job
from mirage_devices import default_console, default_network, register

log = Type("log")


class Logger(Device[Any]):
    """A logger of two devices."""

    type = log
    module = "Logger"
    name = "logger"
    deps = (default_console, default_network)

    def connect(self, info, module, values):
        lines = ";\n  ".join(f"{module}.add name {value}" for value in values)
        return f'let name = "{info.title}" in\n  {lines}'


app = register("boxes", [foreign("Unikernel.Main", log >> job) @ Logger()])
