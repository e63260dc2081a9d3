"""Find what code a device's functions generate, in terms of their arguments, to write a Python method that does the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functoria.errors import ConfigError
from functoria.location import Location
from functoria.ocaml.state import Sets
from functoria.ocaml.told import Hole, Text, Told
from functoria.ocaml.values import Wrapped

_MODULE, _TITLE = Told([Hole("module")]), Told([Hole("info.title")])


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


def connected(connect: Callable[[Any, Any, list[Any]], Text], count: int) -> list[str]:
    """Return the lines of a Python method that generates the code that `connect` makes from a module and `count` values."""
    try:
        code = connect(None, _MODULE, [Told([Hole(f"values[{number}]")]) for number in range(count)])
    except Sets as error:
        raise ConfigError(
            "the code of this device depends on how often code was generated before: write that device in Python "
            "by hand",
            locations=error.locations,
        ) from None
    return [
        "def connect(self, info, module, values):",
        f"    values = self.expect(values, {count})",
        f"    return {formatted(code)}",
    ]


def formatted(text: Text) -> str:
    """Return a Python expression for `text`, which has the arguments in its holes."""
    if isinstance(text, str):
        return literal(text)
    said = ("{%s}" % part.python if isinstance(part, Hole) else _plain(part) for part in text.parts)
    return 'f"%s"' % "".join(said)


def literal(text: str) -> str:
    """Return `text` as a Python literal in double quotes."""
    return '"%s"' % _escaped(text)


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in escaped)


def _plain(text: str) -> str:
    return _escaped(text).replace("{", "{{").replace("}", "}}")
