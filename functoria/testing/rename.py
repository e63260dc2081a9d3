"""Plans with other names for their devices: what main.ml says must not depend on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import evolve, frozen

from functoria.emit import main_ml
from functoria.plan import Plan
from functoria.testing.facts import main_of


@frozen
class Renamed:
    """A main.ml in which devices have other names: the names asked for, in order of the devices, and its text."""

    names: tuple[str, ...]
    text: str


class _Called:
    """A device under another name, for main.ml alone: to itself, and to all else, it is called as before."""

    def __init__(self, device: Any, name: str) -> None:
        self._device = device
        self.name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._device, attribute)


def renamed(plan: Plan, names: Sequence[str]) -> Renamed:
    """main.ml of `plan` with `names`, one for each device, in place of those that the devices have."""
    devices = tuple(
        evolve(node, device=_Called(node.device, name)) for node, name in zip(plan.devices, names, strict=True)
    )
    other = evolve(plan, devices=devices)
    vars(other)["info"] = plan.info  # the devices themselves are told of the plan as it is
    return Renamed(tuple(names), main_ml.text(other))


def renamings(plan: Plan) -> Iterator[Renamed]:
    """main.ml with one name for all devices, with names turned round, and with the words that the devices' code uses."""
    own = [str(node.device.name) for node in plan.devices]
    main = main_of(plan.files()["main.ml"])
    used = {word.strip("_") for device in main.devices for word in device.code if word.strip("_").isidentifier()}
    words = sorted(word for word in used if word[0].islower() and word.isascii())
    yield renamed(plan, ["device"] * len(own))
    yield renamed(plan, [f"{name}_{len(own) - place}" for place, name in enumerate(own)])
    for first in range(0, len(words), max(len(own), 1)):
        some = words[first : first + len(own)]
        yield renamed(plan, [some[place % len(some)] for place in range(len(own))])
