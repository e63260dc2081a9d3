"""Origins of generated lines: the device, key or package, and its line in the configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attr import frozen

from functoria.device import Device
from functoria.graph.graph import Node
from functoria.key import Key
from functoria.package import Package

if TYPE_CHECKING:
    from functoria.emit.emitter import Source
    from functoria.location import Location
    from functoria.plan.plan import Plan

_PLACE = re.compile(r'File "(?:\./)?([^"\n]+)", lines? (\d+)')
"""Matches a place as OCaml and dune name it."""


@frozen
class Origin:
    """The origin of a line in a generated file."""

    file: str
    line: int
    what: str
    """The device with its arguments, the key, or the package."""
    location: Location | None
    """Its line in the configuration; None if it is the catalogue's own."""

    def __str__(self) -> str:
        where = f", of {self.location}" if self.location is not None else ""
        return f"{self.file} line {self.line} is made for {self.what}{where}"


def origin(plan: Plan, file: str, line: int) -> Origin | None:
    """Return the origin of line `line`, counted from 1, of the generated `file`; None if it is not known."""
    made = plan.contents.get(file)
    source = None if made is None else made.source(line)
    if source is None:
        return None
    what, location = _described(source)
    return Origin(file, line, what, location)


def origins(plan: Plan, output: str) -> list[Origin]:
    """Return the distinct origins of the lines that a compiler or dune names in `output`, in order."""
    places = dict.fromkeys((file, int(line)) for file, line in _PLACE.findall(output))
    found = (origin(plan, file, line) for file, line in places)
    return [each for each in found if each is not None]


def _described(source: Source) -> tuple[str, Location | None]:
    if isinstance(source, Key):
        return f"the key {source.name}", source.location
    if isinstance(source, Package):
        return f"the package {source.name}", source.location
    if isinstance(source, Node):
        applied = "".join(f"({argument.module})" for argument in source.arguments)
        return f"the device {source.module}{applied}", source.term.location or source.device.location
    assert isinstance(source, Device)
    return f"the device {source.module}", source.location
