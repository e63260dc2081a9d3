from typing import Any

from functoria import Type
from mirage_devices.v4 import Device, Install, job, main, register

data = Type("data")


class Data(Device[Any]):
    """Data that is written with the application's name."""

    type = data
    module = "Data"
    name = "data"

    def connect(self, info, module, values):
        return f'{module}.start "{info.title}" (* {{}} *)'

    def files(self, info):
        return {"mirage/data.ml": f'let name = "{info.title}"\nlet braces = "{{}}\\\\"\n'}

    def rules(self, info):
        return [("rule", ("targets", "b.txt"), ("action", ("copy", "a.txt", "b.txt")))]

    def install(self, info):
        return Install(etc=["conf.txt"])


app = register("written", [main("Unikernel.Main", data >> job) @ Data()])
