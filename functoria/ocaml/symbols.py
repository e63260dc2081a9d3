"""What code a device's functions make, with names in place of what they are told: for a method in Python that makes the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from functoria.errors import ConfigError
from functoria.location import Location
from functoria.ocaml.values import Wrapped

_MODULE, _VALUE, _TITLE = "Qz0module0qZ", "Qz0value%d0qZ", "Qz0title0qZ"
_SYMBOL = re.compile(r"Qz0(module|title|value(\d+))0qZ")


class Unknown:
    """The information of an application of which nothing but the name is asked."""

    title = _TITLE

    def __init__(self, device: str, at: Location) -> None:
        self._device = device
        self._at = at

    def __getattr__(self, name: str) -> Any:
        raise ConfigError(
            f"what {self._device} does depends on {name} of the application: write that device in Python by hand",
            locations=[self._at],
        )


def info(device: str, at: Location) -> Wrapped:
    """Information of which nothing but the name is known."""
    return Wrapped("info", Unknown(device, at))


def connected(connect: Callable[[Any, str, list[str]], str], count: int) -> list[str]:
    """The lines of a method `connect`, where `connect` makes the code of a module and of `count` values."""
    code = connect(None, _MODULE, [_VALUE % number for number in range(count)])
    return [
        "def connect(self, info, module, values):",
        f"    values = self.expect(values, {count})",
        f"    return {formatted(code)}",
    ]


def formatted(text: str) -> str:
    """`text` as an expression of Python, with what is told in place of its symbols."""
    parts: list[str] = []
    position, symbols = 0, 0
    for match in _SYMBOL.finditer(text):
        parts.append(_plain(text[position : match.start()]))
        name = {"module": "module", "title": "info.title"}.get(match[1]) or f"values[{match[2]}]"
        parts.append("{%s}" % name)
        position, symbols = match.end(), symbols + 1
    if not symbols:
        return literal(text)
    parts.append(_plain(text[position:]))
    return 'f"%s"' % "".join(parts)


def literal(text: str) -> str:
    """`text` as a literal of Python, between double quotes."""
    return '"%s"' % _escaped(text)


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in escaped)


def _plain(text: str) -> str:
    return _escaped(text).replace("{", "{{").replace("}", "}}")
