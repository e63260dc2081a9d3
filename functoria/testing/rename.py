"""Plans whose devices have other names, on which what the files state must not depend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attr import evolve, frozen

from functoria.emit.emitter import emit
from functoria.graph.graph import Graph, Node
from functoria.plan.plan import Plan
from functoria.testing.main_file import Form, main_of


@frozen
class Renamed:
    """A plan with other names for its devices: the names, in order of the devices, and the files."""

    names: tuple[str, ...]
    files: dict[str, str]


class _Called:
    """A device with another name. Only the device itself still sees its own name."""

    def __init__(self, device: Any, name: str) -> None:
        self._device = device
        self.name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._device, attribute)

    def __eq__(self, other: object) -> bool:
        return bool(self._device == (other._device if type(other) is type(self) else other))

    def __hash__(self) -> int:
        return hash(self._device)


def _kind(cls: type[Any]) -> type[_Called]:
    # The build looks hooks up on classes.
    inherited: dict[str, Any] = {hook: getattr(cls, hook) for hook in ("build", "clean")}
    # isinstance sees the device's own class.
    return type("Called", (_Called,), {**inherited, "__class__": property(lambda self: type(self._device))})


Kinds = dict[type[Any], type[_Called]]
"""The class that stands for each class of devices: to make one takes longer than to use it."""


def renamed(plan: Plan, names: Sequence[str], kinds: Kinds | None = None) -> Renamed:
    """Emit `plan` with `names`, one for each device, in place of the devices' own. `kinds` is what earlier calls made."""
    nodes: dict[int, Node] = {}
    kinds = {} if kinds is None else kinds
    for node, name in zip(plan.devices, names, strict=True):
        arguments, deps = (tuple(nodes[n.index] for n in each) for each in (node.arguments, node.deps))
        cls = type(node.device)
        kind = kinds.get(cls) or kinds.setdefault(cls, _kind(cls))
        nodes[node.index] = evolve(node, device=kind(node.device, name), arguments=arguments, deps=deps)
    other = evolve(plan, graph=Graph(tuple(nodes.values())))
    return Renamed(tuple(names), {name: file.text for name, file in emit(other.info).items()})


def renamings(plan: Plan, file: str = "main.ml", form: Form | None = None) -> Iterator[Renamed]:
    """Yield the files with one name for all devices, with reversed names, and with names that the devices' code uses."""
    own = [str(node.device.name) for node in plan.devices]
    main = main_of(plan.files()[file], form)
    used = {word.strip("_") for device in main.devices for word in device.code if word.strip("_").isidentifier()}
    words = sorted(word for word in used if word[0].islower() and word.isascii())
    kinds: Kinds = {}
    yield renamed(plan, ["device"] * len(own), kinds)
    yield renamed(plan, [f"{name}_{len(own) - place}" for place, name in enumerate(own)], kinds)
    for first in range(0, len(words), max(len(own), 1)):
        some = words[first : first + len(own)]
        yield renamed(plan, [some[place % len(some)] for place in range(len(own))], kinds)
