"""Which keys a device reads: found out by asking it, and by reading the code that it gives."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from functoria.graph import Node
from functoria.information import Info
from functoria.plan import Plan
from functoria.root import Main
from functoria.testing import ocaml


class Watched(Mapping[str, Any]):
    """The values of keys, which remembers the names that were asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.asked: dict[str, None] = {}

    def __getitem__(self, name: str) -> Any:
        self.asked[name] = None
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@frozen
class Reading:
    """A device, the names of the keys that its hooks ask for, whether there are such keys or not, and its code."""

    node: Node
    asked: tuple[str, ...]
    code: str


def readings(plan: Plan) -> Iterator[Reading]:
    """What each device of `plan` reads. What its hooks raise passes through, but for a key that is not there."""
    for node in plan.devices:
        watched = Watched(plan.values)
        info = evolve(plan.info, context=watched)
        code = ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _ask(node, info)
                if not node.functor:
                    values = [f"_value{place}" for place, (need, _) in enumerate(node.needs) if not need.functor]
                    code = node.device.connect(info, "Applied" if node.arguments else node.module, values)
        except KeyError as error:
            if error.args != (next(reversed(watched.asked), None),):
                raise
        yield Reading(node, tuple(watched.asked), code)


def _ask(node: Node, info: Info) -> None:
    device = node.device
    device.configure(info)
    for hook in (device.files, device.sources, device.rules):
        list(hook(info))
    if isinstance(device, Main):
        device.prelude(info)
        device.opam_name(info)
        device.result(info)
        list(device.program(info))


def called(code: str, module: str = "Key_gen") -> tuple[str, ...]:
    """The names that OCaml code has from `module`: `port` for `Key_gen.port ()`. Raises SyntaxFault."""
    texts = [word.text if word.kind in ("word", "operator") else "" for word in ocaml.tokens(code)]
    return tuple(texts[i + 2] for i in range(len(texts) - 2) if texts[i] == module and texts[i + 1] == ".")
