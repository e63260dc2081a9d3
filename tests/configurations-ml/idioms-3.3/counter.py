from typing import Any

from attrs import frozen

from functoria import Device, Type, foreign, job
from mirage_devices import register

cell = Type("cell")


@frozen
class Cell(Device[Any]):
    """A numbered cell."""

    name: str

    type = cell

    @property
    def module(self) -> str:
        return self.name.capitalize()


main = foreign("Unikernel.Make (Unikernel.Arg)", cell >> cell >> job)
app = register("counter", [main @ Cell("left02") @ Cell("right01")])
