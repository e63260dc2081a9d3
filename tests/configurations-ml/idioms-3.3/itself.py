from typing import Any

from attrs import frozen

from functoria import Device, Type, foreign, job
from mirage_devices import register

cell = Type("cell")


@frozen
class Cell(Device[Any]):
    """A cell of a name."""

    name: str

    type = cell
    module = "Left.Make"

    def connect(self, info, module, values):
        return "return () (* Left *)"


main = foreign("Unikernel.Main", cell >> cell >> cell >> job)
app = register("itself", [main @ Cell("left") @ Cell("left_1") @ Cell("left")])
