"""Where a line of generated code comes from: the device or the key, and its place in the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from attrs import frozen

from functoria.emit import key_gen, main_ml

if TYPE_CHECKING:
    from functoria.location import Location
    from functoria.plan.plan import Plan

_PLACE = re.compile(r'File "(?:\./)?((?:main|key_gen)\.ml)", lines? (\d+)')


@frozen
class Origin:
    """What made a line of a generated file."""

    file: str
    line: int
    what: str
    """The device, with what it is applied to, or the key."""
    location: Location | None
    """Where the configuration says it; None where the catalogue does."""

    def __str__(self) -> str:
        where = f", of {self.location}" if self.location is not None else ""
        return f"{self.file} line {self.line} is made for {self.what}{where}"


def origin(plan: Plan, file: str, line: int) -> Origin | None:
    """What made line `line`, counted from 1, of `file` (main.ml or key_gen.ml); None for what no device or key did."""
    last = 0
    for text, source in _pieces(plan, file):
        last += text.count("\n")
        if line <= last:
            return _origin(file, line, source)
    return None


def origins(plan: Plan, output: str) -> list[Origin]:
    """What made the lines that a compiler complains of in `output`, each once, in order of mention."""
    places = dict.fromkeys((file, int(line)) for file, line in _PLACE.findall(output))
    found = (origin(plan, file, line) for file, line in places)
    return [each for each in found if each is not None]


def _pieces(plan: Plan, file: str) -> Iterator[tuple[str, Any]]:
    pieces: Iterable[tuple[str, Any]] = {"main.ml": main_ml.lines, "key_gen.ml": key_gen.lines}[file](plan)
    yield from pieces


def _origin(file: str, line: int, source: Any) -> Origin | None:
    if source is None:
        return None
    if file == "key_gen.ml":
        return Origin(file, line, f"the key {source.name}", source.location)
    applied = "".join(f"({argument.module})" for argument in source.arguments)
    term = source.term.location or source.device.location
    return Origin(file, line, f"the device {source.module}{applied}", term)
