"""What a device is told of the application that it is part of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from attrs import field, frozen

from functoria.errors import UnknownKey

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.graph.graph import Node
    from functoria.key import Key
    from functoria.package import Package

T = TypeVar("T")
D = TypeVar("D", bound="AnyDevice")


class File(NamedTuple):
    """A file to emit: its text, and whether it can be executed."""

    text: str
    executable: bool = False


@frozen(eq=False, slots=False)
class Info:
    """The application that a device is part of, resolved: what hooks of devices may ask.

    `name` is the application's, as files and programs are called; `title` as its author wrote it; `output` the name of
    the program; `context` maps names of keys to values.
    """

    name: str
    title: str
    output: str
    context: Mapping[str, Any]
    packages: tuple[Package, ...]
    libraries: tuple[str, ...]
    keys: tuple[Key[Any], ...]
    nodes: tuple[Node, ...]
    _kinds: dict[type, dict[Any, int]] = field(factory=dict, init=False, repr=False)

    def get(self, key: Key[T]) -> T:
        """The value of `key` when configuring. OCaml code that is to have the one at boot calls `key.call`.

        Raises UnknownKey for a key that is not declared, InvalidValue for one that is given when the unikernel runs, and
        MissingKey for a required one that was not given.
        """
        if key.name not in self.context:
            raise UnknownKey(
                f"{key.name} is read, but no device declares it: add it to the keys of the device that reads it",
                objects=[key],
                locations=[key.location],
            )
        return key.settled(self.context[key.name])

    @cached_property
    def known(self) -> frozenset[str]:
        """The names of the functions in key_gen.ml."""
        return frozenset(["runtime_keys", *(key.ocaml_name for key in self.keys)])

    def all(self, kind: type[D]) -> tuple[D, ...]:
        """All devices of class `kind`, each once, in the order of `number`."""
        return tuple(self._numbered(kind))

    def number(self, device: AnyDevice, kind: type[AnyDevice]) -> int:
        """The number, from 0, of `device` among all of class `kind`.

        As MirageOS numbers (`graph.by_level`): devices that need the longest way from the root come first. Of those that
        are as far, arguments count as the configuration names them; of dependencies and jobs the last comes first.
        """
        return self._numbered(kind)[device]

    def _numbered(self, kind: type[D]) -> dict[D, int]:
        if kind not in self._kinds:
            from functoria.graph.graph import by_level

            order = by_level(self.nodes, lambda key: self.context[key.name])
            found = dict.fromkeys(node.device for node in order if isinstance(node.device, kind))
            self._kinds[kind] = {device: number for number, device in enumerate(found)}
        return self._kinds[kind]


@frozen(eq=False)
class BuildInfo(Info):
    """What is known while building, besides: where the emitted files are, and where the unikernel's own sources are."""

    build_dir: Path = field(kw_only=True)
    source_dir: Path = field(kw_only=True)
