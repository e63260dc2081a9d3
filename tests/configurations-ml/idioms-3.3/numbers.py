from typing import Any

from attrs import frozen

from functoria import Device, Type, foreign, if_impl, job
from mirage_devices import is_unix, register

conn = Type("conn")


@frozen
class Connection(Device[Any]):
    """A connection with its number."""

    name: str
    number: int
    before: int

    type = conn

    @property
    def module(self) -> str:
        return self.name.capitalize()

    def connect(self, info, module, values):
        return f"let ctx{self.number:02} = {module}.connect () in return ctx{self.before:02}"


first = if_impl(is_unix, Connection("host", 0, -1), Connection("guest", 0, -1))
app = register("numbers", [foreign("Unikernel.Main", conn >> conn >> job) @ first @ Connection("peer", 1, 0)])
