"""Find what code a device's functions generate, in terms of their arguments, to write a Python method that does the same."""

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
    """Information on an application that has only the name."""

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
    """Return information that has only the name."""
    return Wrapped("info", Unknown(device, at))


def connected(connect: Callable[[Any, str, list[str]], str], count: int) -> list[str]:
    """Return the lines of a Python method that generates the code that `connect` makes from a module and `count` values."""
    code = connect(None, _MODULE, [_VALUE % number for number in range(count)])
    return [
        "def connect(self, info, module, values):",
        f"    values = self.expect(values, {count})",
        f"    return {formatted(code)}",
    ]


def formatted(text: str) -> str:
    """Return a Python expression for `text`, whose symbols stand for the arguments."""
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
    """Return `text` as a Python literal in double quotes."""
    return '"%s"' % _escaped(text)


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in escaped)


def _plain(text: str) -> str:
    return _escaped(text).replace("{", "{{").replace("}", "}}")
