from typing import Any

from attrs import frozen

from functoria import Type
from mirage_devices.v4 import Device, if_impl, is_unix, job, main, register

conn = Type("conn")


@frozen
class Connection(Device[Any]):
    """A connection with its number."""

    name: str
    number: int
    seen: str

    type = conn

    @property
    def module(self) -> str:
        return self.name.capitalize()

    def connect(self, info, module, values):
        return f'let ctx{self.number:02} = {module}.connect () in Lwt.return (ctx{self.number:02}, "{self.seen}")'


unix, other = (main("Unikernel.Main", conn >> conn >> job) @ Connection(n, 0, n) @ Connection("peer", 1, f"{n}+peer") for n in ("host", "guest"))
app = register("numbers", [if_impl(is_unix, unix, other)])
