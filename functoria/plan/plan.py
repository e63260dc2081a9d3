"""Plans: an application with every choice made, and what follows from that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from functoria.device import AnyDevice
from functoria.errors import InvalidModule, InvalidValue, MissingKey, TypeMismatch, Undecided, UnknownKey, WriteError
from functoria.graph.context import Context
from functoria.graph.graph import Node, Resolution, resolve, to_networkx
from functoria.graph.hooks import attribute, call, called, listed, placed, wrong
from functoria.graph.info import Info
from functoria.key import Key, distinct
from functoria.names import module_path
from functoria.package import Package, merge
from functoria.value import OPEN, Value

if TYPE_CHECKING:
    import networkx

    from functoria.emit.emitter import File
    from functoria.plan.app import App
    from functoria.plan.why import Why
    from functoria.project.directory import Change
    from functoria.sexp import Sexp


@frozen(eq=False)
class Demand:
    """A package as one device declares it, and the node that does."""

    package: Package
    node: Node


@frozen(slots=False, eq=False, repr=False)
class Plan:
    """An application resolved: its devices, packages, keys and files. Made by `App.plan`; immutable."""

    app: App
    context: Context
    devices: tuple[Node, ...]
    """The devices with what each is applied to, in order of initialisation; the root is last."""
    keys: tuple[Key[Any], ...]
    """The keys that the application has with these choices, in order of name."""
    demands: tuple[Demand, ...]
    undecided: tuple[Key[Any], ...]
    """The keys that a partial plan still asks for; empty for a full one."""

    @property
    def root(self) -> Node:
        """The root device, which everything else is there for."""
        return self.devices[-1]

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values of the keys, by name; without those still open in a partial plan."""
        found = {}
        for key in self.keys:
            try:
                found[key.name] = self.context.initial(key)
            except Undecided:
                continue
        return found

    @cached_property
    def graph(self) -> networkx.DiGraph[int]:
        """The devices as a networkx graph: see `functoria.graph.graph.to_networkx`."""
        return to_networkx(self.devices)

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """The packages, merged, in order of name. Raises Undecided for a partial plan."""
        self._decided("packages", self.undecided)
        by_name: dict[str, dict[tuple[Any, ...], Package]] = {}
        for demand in self.demands:
            wanted = demand.package
            same = by_name.setdefault(wanted.name, {})
            same.setdefault((wanted.libraries, str(wanted.bounds), wanted.build, wanted.pin), wanted)
        return tuple(merge(by_name[name].values()) for name in sorted(by_name))

    def package(self, name: str) -> Package:
        """The package `name`, as all devices together want it. Raises UnknownKey where none does."""
        for found in self.packages:
            if found.name == name:
                return found
        raise UnknownKey(
            f"no device brings {name}: there are {', '.join(p.name for p in self.packages)}", objects=[name]
        )

    @cached_property
    def libraries(self) -> tuple[str, ...]:
        """The OCamlfind libraries to link, sorted: those of all packages but the ones for building only."""
        return tuple(sorted({library for p in self.packages if not p.build for library in p.libraries}))

    @cached_property
    def info(self) -> Info:
        """What hooks of devices are told."""
        root = self.root.device
        name = self.app.name
        return Info(
            name,
            self.app.title,
            root.output or name,
            self.values,
            self.packages,
            self.libraries,
            self.keys,
            self.devices,
        )

    @cached_property
    def stanzas(self) -> tuple[Sexp, ...]:
        """The stanzas of the dune file. Raises DeviceError where a device's rules fail, or two make one file."""
        return tuple(self.info.stanzas)

    @property
    def products(self) -> tuple[str, ...]:
        """The files that building makes, by dune's rules, in order."""
        return self.info.products

    @cached_property
    def contents(self) -> Mapping[str, File]:
        """The files, by name, with whether they can be executed. Raises Undecided for a partial plan."""
        self._decided("files", self.undecided or [key for key in self.keys if key.name not in self.values])
        from functoria.emit.emitter import emit

        with placed(self.devices):
            return emit(self.info)

    def files(self) -> dict[str, str]:
        """The text of every file to emit, by name. Nothing is written.

        Raises DeviceError where a device's `connect` fails or returns no text, Undecided for a partial plan.
        """
        return {name: file.text for name, file in self.contents.items()}

    def write(self, directory: Path | str, *, sources: Path | str | None = None, force: bool = False) -> list[Path]:
        """Write the files to `directory`, which is made if need be, and return the paths of those that changed.

        Each file is replaced at once, and one that is already as it should be is left alone. Files of an earlier
        plan that this one does not have are removed. `sources` is the directory of the unikernel's own modules, where
        that is another: they are linked, so that `directory` builds by itself. Raises FileConflict for a file in the
        way of these, or of what building makes, that this library did not write, or that was edited since, unless
        `force`, and for a module of `sources` that has the name of what is made; WriteError where the directory cannot
        be written. Then nothing has been changed.
        """
        from functoria.project.directory import Project

        if sources is not None and not Path(sources).is_dir():
            raise WriteError(f"{sources}, where the unikernel's modules are to be, is no directory", objects=[sources])
        return Project(directory).write(self, sources=None if sources is None else Path(sources), force=force)

    def diff(self, directory: Path | str, *, sources: Path | str | None = None) -> list[Change]:
        """What `write` with the same `sources` would change in `directory`; empty where it would change nothing.

        A file where building would put something else is a change too, and a conflict.
        """
        from functoria.project.directory import Project

        return Project(directory).diff(self, sources=None if sources is None else Path(sources))

    def complete(self, context: Mapping[Any, Any] | None = None, **named: Any) -> Plan:
        """A partial plan, completed: what `context` and `named` give besides, and defaults for the rest."""
        more = Context.of(self.app.keys_by_name, context, named)
        return make_plan(self.app, self.context.with_more(more))

    def why(self, package: str) -> Why:
        """Why `package` is there. Raises UnknownKey where it is not."""
        from functoria.plan.why import explain

        return explain(self, package)

    def to_json(self) -> dict[str, Any]:
        """The plan as plain data: name, choices, devices, packages, libraries."""
        from functoria.plan.why import to_json

        return to_json(self)

    def _decided(self, what: str, still_open: Sequence[Key[Any]]) -> None:
        if still_open:
            keys = tuple(dict.fromkeys(still_open))
            names = ", ".join(key.name for key in keys)
            raise Undecided(f"the {what} of a partial plan depend on {names}: complete it first", objects=keys)

    def __repr__(self) -> str:
        choices = ", ".join(f"{name}={value!r}" for name, value in self.context.given.items())
        return f"<Plan of {self.app.title!r}: {choices}>"


def make_plan(app: App, context: Context) -> Plan:
    """The plan of `app` in `context`, checked: see `App.plan` for what it raises."""
    read: dict[Key[Any], None] = {}

    def reading(key: Key[Any]) -> Any:
        read[key] = None
        try:
            return context.read(key)
        except (InvalidValue, MissingKey) as error:
            raise error.at(key.location, app.location) from None

    resolution = resolve(app.root, reading)
    with placed(resolution.nodes):
        return _checked(app, context, resolution, read, reading)


def _checked(
    app: App,
    context: Context,
    resolution: Resolution,
    read: Mapping[Key[Any], None],
    reading: Callable[[Key[Any]], Any],
) -> Plan:
    """The plan of what `app` resolved to; `read` are the keys that this took, and those that `reading` is asked for."""
    declared: dict[Key[Any], None] = {}
    demands: list[Demand] = []
    undecided = dict.fromkeys(resolution.undecided)
    devices: dict[int, Node] = {id(node.device): node for node in resolution.nodes if not node.undecided}
    done: dict[int, Any] = {}
    seen: set[int] = set()
    kept: list[Value[Any]] = []
    for node in devices.values():
        declared.update(dict.fromkeys(listed(node.device, "keys", Key)))
        packages = attribute(node.device, "packages")
        if not isinstance(packages, Value):
            wanted: Any = listed(node.device, "packages", Package)
        else:
            kept.append(packages)  # `done` and `seen` go by identity
            wanted = packages.outcome(reading, done)
            if wanted is OPEN:
                undecided.update(dict.fromkeys(packages.undecided(reading, done, seen)))
                wanted = ()
        demands.extend(Demand(package, node) for package in _packages(node.device, wanted))
        try:
            module_path(attribute(node.device, "module"))
        except InvalidModule as error:
            raise error.at(node.device.location) from None
    known = {**declared, **dict.fromkeys(app.survey.declared)}
    for node in resolution.nodes:
        for need in node.deps:
            if need.functor:
                raise TypeMismatch(
                    f"{node.module} is to start after {need.module}, which misses arguments: apply it first",
                    objects=[node.device, need.term],
                    locations=[need.term.location, node.device.location],
                )
    for key in (*read, *undecided):
        if key not in known:
            raise UnknownKey(
                f"a choice is made by the key {key.name}, which nothing declares: add it to keys= of register",
                objects=[key],
                locations=[key.location, app.location],
            )
    used = dict.fromkeys([*declared, *app.survey.deciding])
    used.update({key: None for alias in tuple(used) for key, _ in alias.sets if key in app.survey.brought})
    keys = tuple(used) if context.partial else distinct(used, app.root.key_module)
    plan = Plan(app, context, resolution.nodes, keys, tuple(demands), tuple(undecided))
    assert plan.values is not None
    if not context.partial:
        info = plan.info
        for node in devices.values():
            call(node.device, "configure", info)
    return plan


def _packages(device: AnyDevice, wanted: Any) -> Sequence[Package]:
    if not isinstance(wanted, (list, tuple)) or not all(isinstance(item, Package) for item in wanted):
        raise wrong(device, f"packages of {called(device)} is {wanted!r}, but must be a list of packages")
    return wanted
