"""Which keys a device reads: found out by asking it, and by reading the code that it gives."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from functoria.emit.main_ml import names_of
from functoria.graph import Node
from functoria.plan import Plan
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


def asked(plan: Plan) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Each device with the names of the keys that its hooks ask for, whether there are such keys or not."""
    names = names_of(plan)
    for node in plan.devices:
        watched = Watched(plan.values)
        info = evolve(plan.info, context=watched)
        hooks = [node.device.configure, node.device.files, node.device.sources, node.device.rules]
        if node is plan.root:
            hooks += [node.device.prelude, node.device.program, node.device.result, node.device.opam_name]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                for hook in hooks:
                    made = hook(info)
                    list(made) if isinstance(made, Iterator) else made
                if not node.functor:
                    values = [f"_{names.values[need.index]}" for need, _ in node.needs if not need.functor]
                    node.device.connect(info, names.modules[node.index], values)
            except KeyError as error:
                if not watched.asked or error.args != (next(reversed(watched.asked)),):
                    raise
        yield node, tuple(watched.asked)


def called(code: str, module: str = "Key_gen") -> tuple[str, ...]:
    """The names that OCaml code has from `module`: `port` for `Key_gen.port ()`. Raises SyntaxFault."""
    texts = [word.text if word.kind in ("word", "operator") else "" for word in ocaml.tokens(code)]
    return tuple(texts[i + 2] for i in range(len(texts) - 2) if texts[i] == module and texts[i + 1] == ".")
