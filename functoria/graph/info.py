"""Information on the application for emitters and the hooks of devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from attr import field, frozen

from functoria.beside import Beside
from functoria.errors import UnknownKey, Unsupported
from functoria.graph.hooks import attribute, building_of, has, listed, texts
from functoria.record import Shown
from functoria.transport import declared

if TYPE_CHECKING:
    from functoria.building import Building
    from functoria.device import AnyDevice
    from functoria.emit.emitter import File
    from functoria.emit.own import Claims
    from functoria.graph.graph import Graph, Node
    from functoria.key import Key
    from functoria.main import Main
    from functoria.package import Package
    from functoria.sexp import Sexp

T = TypeVar("T")
D = TypeVar("D", bound="AnyDevice")


@frozen(eq=False, repr=False, slots=False)
class Info(Shown):
    """A resolved application, as the hooks of its devices and its emitters see it.

    `name` is the application's name as files and programs spell it, and `title` as its author wrote it. `output` is the
    name of the program. `context` maps names of keys to values.
    """

    name: str
    title: str
    output: str
    context: Mapping[str, Any]
    packages: tuple[Package, ...]
    libraries: tuple[str, ...]
    keys: tuple[Key[Any], ...]
    graph: Graph
    given: Mapping[str, Any] = field(factory=dict)
    """The values that were given for keys, by name; without those left to their defaults."""
    beside: Beside = field(factory=Beside)
    """The user's files beside the configuration. Empty until they have been read, when writing and building."""
    _kinds: dict[type, dict[Any, int]] = field(factory=dict, init=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the fields, without cached properties."""
        return {**declared(self), "_kinds": {}}

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The devices, each with its arguments, in the order of initialisation; the root is last."""
        return self.graph.devices

    @cached_property
    def root(self) -> Main:
        """The root device of the application."""
        root: Main = self.graph.root.device
        return root

    def get(self, key: Key[T]) -> T:
        """Return the configured value of `key`. For OCaml code that needs the value at boot, use `call`.

        Raises UnknownKey for a key that is not declared, InvalidValue for one that is only set at boot, and MissingKey for
        a required one that was not given.
        """
        try:
            value = self.context[key.name]
        except KeyError:
            raise UnknownKey(
                f"{key.name} is read, but no device declares it: add it to the keys of the device that reads it",
                objects=[key],
                locations=[key.location],
            ) from None
        return key.settled(value)

    def call(self, key: Key[Any]) -> str:
        """Return the OCaml expression for the value of `key` when the program runs, from the application's key module.

        Raises Unsupported if the application has no key module.
        """
        module = self.root.key_module
        if module is None:
            raise Unsupported(
                f"the key {key.name} is read when the program runs, but a program of {type(self.root).__name__} has its "
                "keys only when it is configured",
                objects=[key],
                locations=[key.location],
            )
        return module.call(key)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The paths that devices' `sources` return, without duplicates. Raises DeviceError if they are not paths."""
        devices = (node.device for node in self.nodes if has(node.device, "sources"))
        return tuple(dict.fromkeys(name for device in devices for name in texts(device, "sources", self)))

    @cached_property
    def own_sources(self) -> tuple[AnyDevice, ...]:
        """The devices whose modules are files of the user's beside the configuration."""
        return tuple(node.device for node in self.nodes[:-1] if attribute(node.device, "own_source"))

    @cached_property
    def buildings(self) -> tuple[tuple[AnyDevice, Building], ...]:
        """The devices that have build settings for modules of their own, each with these."""
        found = [node.device for node in self.nodes if attribute(node.device, "building") is not None]
        return tuple((device, building_of(device)) for device in found)

    @cached_property
    def local_libraries(self) -> Mapping[str, AnyDevice]:
        """The local dune libraries to link, each with the first device that names it."""
        found: dict[str, AnyDevice] = {}
        for node in self.nodes:
            for name in listed(node.device, "libraries", str):
                found.setdefault(name, node.device)
        return MappingProxyType(found)

    @property
    def menhir(self) -> bool:
        """Whether menhir, being among the packages, compiles grammars; otherwise ocamlyacc does."""
        return any(package.name == "menhir" for package in self.packages)

    @cached_property
    def known(self) -> frozenset[str]:
        """The names that code may call in the key module."""
        module = self.root.key_module
        return frozenset() if module is None else module.known(self.keys)

    @cached_property
    def added(self) -> Mapping[Sexp, Any]:
        """The stanzas that devices add, each with the first that does. Raises DeviceError if a device's rules fail."""
        from functoria.emit.dune import added

        return MappingProxyType(added(self))

    @cached_property
    def stanzas(self) -> Mapping[Sexp, Any]:
        """The stanzas of the dune file, each with its origin. Raises DeviceError if two of them make one file."""
        from functoria.emit.dune import made

        return MappingProxyType(made(self))

    @cached_property
    def program(self) -> tuple[Sexp, ...]:
        """The stanzas of the root that compile the modules and make the result."""
        return tuple(self.root.program(self))

    @cached_property
    def claims(self) -> Claims:
        """The files beside the configuration that belong to stanzas of the configuration and of dune.user."""
        from functoria.emit.own import claims

        return claims(self)

    @cached_property
    def brought(self) -> tuple[tuple[Node, Mapping[str, File]], ...]:
        """The devices other than the root that add files, each with its files by name. Raises DeviceError if one fails."""
        from functoria.emit.emitter import brought

        return brought(self, self.nodes[:-1])

    @cached_property
    def results(self) -> tuple[str, ...]:
        """The files that building the program puts beside the sources, such as the image."""
        from functoria.sexp import promoted

        return tuple(dict.fromkeys([*promoted(self.program), *self.root.promoted(self)]))

    @cached_property
    def products(self) -> tuple[str, ...]:
        """The files that dune's rules make, sorted."""
        from functoria.sexp import targets

        made = [name for each in self.stanzas for name in targets(each)]
        return tuple(dict.fromkeys([*made, *self.root.promoted(self)]))

    def all(self, kind: type[D]) -> tuple[D, ...]:
        """Return all devices of class `kind` without duplicates, in the order of `number`."""
        return tuple(self._numbered(kind))

    def number(self, device: AnyDevice, kind: type[AnyDevice]) -> int:
        """Return the index of `device`, from 0, among those of class `kind`, in the order of `Main.numbering`."""
        return self._numbered(kind)[device]

    @cached_property
    def _order(self) -> Sequence[Node]:
        return self.root.numbering(self)

    def _numbered(self, kind: type[D]) -> dict[D, int]:
        if kind not in self._kinds:
            found = dict.fromkeys(node.device for node in self._order if isinstance(node.device, kind))
            self._kinds[kind] = {device: number for number, device in enumerate(found)}
        return self._kinds[kind]
