"""Plans: applications with every choice made, and all that follows from these choices."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from attr import evolve, field, frozen

from functoria.beside import Beside
from functoria.errors import (
    DuplicateKey,
    EmptyBounds,
    FunctoriaWarning,
    InvalidModule,
    InvalidName,
    InvalidValue,
    MissingKey,
    PinConflict,
    ScopeConflict,
    TypeMismatch,
    Undecided,
    UnknownKey,
    Unsupported,
    WriteError,
)
from functoria.graph.context import Context
from functoria.graph.graph import Graph, Node
from functoria.graph.hooks import attribute, call, called, has, items_of, iterated, listed, misspelt, placed, use
from functoria.graph.hooks import wrong as not_as_wanted
from functoria.graph.info import Info
from functoria.graph.resolve import resolve
from functoria.graph.values import Values
from functoria.key import Key, distinct
from functoria.log import debug
from functoria.names import module_path
from functoria.package import Package, merge
from functoria.printable import worded
from functoria.record import Record
from functoria.transport import declared
from functoria.value import OPEN, Value

if TYPE_CHECKING:
    from functoria.emit.emitter import File
    from functoria.picture.forms import Form
    from functoria.plan.app import App
    from functoria.plan.why import Why
    from functoria.project.directory import Change
    from functoria.sexp import Sexp


class Demand(NamedTuple):
    """A package as one device declares it, with the node of that device."""

    package: Package
    node: Node


@frozen(eq=False, repr=False, slots=False)
class Plan(Record):
    """An application resolved: its devices, packages, keys and files. Made by `App.plan`; immutable.

    Plans are equal if their applications, values of keys and graphs are: everything else follows from these.
    """

    app: App
    context: Context = field(hash=False)
    graph: Graph = field(hash=False)
    """The devices and what each needs, as a read-only networkx graph: see `functoria.graph.graph.Graph`."""
    keys: tuple[Key[Any], ...] = field(eq=False)
    """The keys that the application has with these choices, sorted by name."""
    demands: tuple[Demand, ...] = field(eq=False)
    undecided: tuple[Key[Any], ...] = field(eq=False)
    """The keys on which open choices of a partial plan depend; empty for a complete plan."""
    beside: Beside | None = field(default=None, hash=False)
    """The user's files beside the configuration, once they have been read, as `write` and `build` do. Emitted files depend on
    them."""

    __getstate__ = declared

    @property
    def devices(self) -> tuple[Node, ...]:
        """The devices, each with its arguments, in order of initialisation; the root is last."""
        return self.graph.devices

    @property
    def root(self) -> Node:
        """The root device."""
        return self.graph.root

    @cached_property
    def values(self) -> Values:
        """The values of keys, by key or name, without those still open in a partial plan."""
        found: dict[str, Any] = {}
        for key in self.keys:
            try:
                found[key.name] = self.context.initial(key)
            except Undecided:
                continue
        return Values(found.items(), self.keys)

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """The merged packages, sorted by name. Raises Undecided for a partial plan."""
        self._decided("packages", self.undecided)
        # Most declarations of a package are equal, so equal ones are merged once.
        by_name: dict[str, dict[Package, Package]] = {}
        for demand in self.demands:
            by_name.setdefault(demand.package.name, {}).setdefault(demand.package, demand.package)
        try:
            return tuple(merge(by_name[name].values()) for name in sorted(by_name))
        except (EmptyBounds, PinConflict, ScopeConflict) as error:
            from functoria.plan.conflict import of_packages

            raise of_packages(self, error) from None

    def package(self, name: str) -> Package:
        """Return the merged package `name`. Raises UnknownKey if no device declares it."""
        for found in self.packages:
            if found.name == name:
                return found
        from functoria.misspelling import instead

        raise UnknownKey(f"no device declares {name}: {instead(name, [p.name for p in self.packages])}", objects=[name])

    @cached_property
    def libraries(self) -> tuple[str, ...]:
        """The OCamlfind libraries to link, sorted: those of all packages that are not `build` packages."""
        return tuple(sorted({library for p in self.packages if not p.build for library in p.libraries}))

    @cached_property
    def info(self) -> Info:
        """The application as hooks of devices and emitters see it."""
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
            self.graph,
            self.context.given,
            self.beside or Beside(),
        )

    @cached_property
    def stanzas(self) -> tuple[Sexp, ...]:
        """The stanzas of the dune file. Raises DeviceError if a device's rules fail, or two of them make one file."""
        return tuple(self.info.stanzas)

    @property
    def products(self) -> tuple[str, ...]:
        """The files that dune's rules make, sorted."""
        return self.info.products

    @cached_property
    def contents(self) -> Mapping[str, File]:
        """The files with their modes, by name. Raises Undecided for a partial plan."""
        if self.undecided or len(self.values) < len(self.keys):
            self._decided("files", self.undecided or [key for key in self.keys if key.name not in self.values])
        from functoria.emit.emitter import emit

        with placed(self.graph):
            try:
                return emit(self.info)
            except InvalidName as error:
                if not error.placed:  # the fault is in the name of the program
                    error.at(self.app.location)
                raise

    def files(self) -> dict[str, str]:
        """Return the text of every file to emit, by name, without writing anything.

        Raises DeviceError if a device's `connect` fails or does not return text, and Undecided for a partial plan.
        """
        return {name: file.text for name, file in self.contents.items()}

    def write(
        self, directory: Path | str, *, sources: Path | str | None = None, force: bool = False, wait: float = 60.0
    ) -> list[Path]:
        """Write the files to `directory`, creating it if need be, and return the paths of those that changed.

        Each file is replaced atomically, and files that are up to date are left alone. Files of an earlier plan that this
        one does not have are removed. `sources` is the directory of the unikernel's own modules if it is not `directory`;
        they are linked, so that `directory` can be built by itself.

        Raises FileConflict if a file is in the way of these, or of the build's products, that this library did not write
        or that was edited since, unless `force`; also if a module in `sources` has the name of a generated file. Raises
        WriteError if the directory cannot be written, or another process is still writing there after `wait` seconds. If it
        raises, nothing has been changed.

        The directory records the file that registered the application if that lies beside or above it, so that `functoria
        build` finds it. Otherwise give that command `-f FILE`.
        """
        from functoria.project.directory import Project
        from functoria.project.tree import lies_in

        if sources is not None and not Path(sources).is_dir():
            raise WriteError(
                f"{sources}, where the unikernel's modules are to be, is not a directory", objects=[sources]
            )
        # Building only runs a configuration that lies beside or above the directory, or was given by name.
        project, file = Project(directory), self.app.file
        near = file is not None and lies_in(project.directory, file.parent)
        own = None if sources is None else Path(sources)
        return project.write(self, sources=own, config=file if near else None, force=force, wait=wait).written

    def diff(self, directory: Path | str, *, sources: Path | str | None = None) -> list[Change]:
        """Return what `write` with the same `sources` would change in `directory`; empty if nothing.

        A file in the way of one of the build's products is listed as a conflict.
        """
        from functoria.project.directory import Project

        return Project(directory).diff(self, sources=None if sources is None else Path(sources))

    def complete(self, context: Mapping[Any, Any] | None = None, **named: Any) -> Plan:
        """Complete a partial plan with values from `context` and `named`, and defaults for the remaining keys."""
        more = Context.of(self.app.keys_by_name, context, named)
        return make_plan(self.app, self.context.with_more(more))

    def with_beside(self, beside: Beside) -> Plan:
        """Return the same plan, with `beside` as the user's files beside the configuration."""
        return evolve(self, beside=beside)

    def why(self, package: str) -> Why:
        """Explain why `package` is in the plan. Raises UnknownKey if it is not."""
        from functoria.plan.why import explain

        return explain(self, package)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain data: name, choices, devices, packages, libraries."""
        from functoria.plan.why import to_json

        return to_json(self)

    def draw(self, form: Form = "svg") -> str:
        """Draw the plan as `svg`, as a page of `html` that works offline, as `dot` for Graphviz, as `mermaid` or as `text`.

        The page has a switch for each key, and so shows other plans of the application too. A partial plan is drawn with its
        open choices. The same plan gives the same text. Raises InvalidValue for another form.
        """
        from functoria.picture.forms import draw

        return draw(self, form)

    def _repr_svg_(self) -> str:
        """Return the picture that a notebook shows."""
        return self.draw()

    def _decided(self, what: str, still_open: Sequence[Key[Any]]) -> None:
        if still_open:
            keys = tuple(dict.fromkeys(still_open))
            names = ", ".join(key.name for key in keys)
            raise Undecided(f"the {what} of a partial plan depend on {names}: complete it first", objects=keys)

    def __repr__(self) -> str:
        choices = ", ".join(f"{name}={value!r}" for name, value in self.context.given.items())
        return f"<Plan of {self.app.title!r}: {choices}>"


def make_plan(app: App, context: Context) -> Plan:
    """Make and check the plan of `app` in `context`. See `App.plan` for what it raises."""
    for key, choice in app.survey.too_late:
        try:
            key.settled(None)
        except InvalidValue as error:
            raise error.at(choice.location, key.location) from None
    read: dict[Key[Any], None] = {}

    def reading(key: Key[Any]) -> Any:
        read[key] = None
        try:
            return context.read(key)
        except (InvalidValue, MissingKey) as error:
            raise error.at(key.location, app.location) from None

    resolution = resolve(app.root, reading, app.survey)
    with placed(resolution.graph):
        devices = [node for node in _each_device(resolution.graph.devices) if not node.undecided]
        declared = dict.fromkeys(key for node in devices for key in app.survey.keys_of(node.device))
        demands, open_keys = _demands(devices, reading)
        undecided = dict.fromkeys([*resolution.undecided, *open_keys])
        _check_modules(devices)
        _check_dependencies(resolution.graph.devices)
        used = _used(app, {**declared, **read, **undecided})
        _check_root(app, devices, used)  # First, because keys of two systems may share a name.
        keys = used if context.partial else _distinct(app, used, devices, resolution.graph)
        plan = Plan(app, context, resolution.graph, keys, demands, tuple(undecided))
        if not context.partial:
            _configure(plan, devices)
            _warn_of_names(devices)
    debug("plan", "%s is planned: %d devices", app.title, len(devices))
    return plan


def _each_device(nodes: Sequence[Node]) -> Sequence[Node]:
    """Return one node for each device. A device applied to various arguments declares its packages only once."""
    return list({id(node.device): node for node in nodes}.values())


def _demands(
    devices: Sequence[Node], reading: Callable[[Key[Any]], Any]
) -> tuple[tuple[Demand, ...], Sequence[Key[Any]]]:
    """Return the packages that `devices` declare, and the keys on which open declarations depend."""
    demands: list[Demand] = []
    open_keys: list[Key[Any]] = []
    done: dict[int, Any] = {}
    seen: set[int] = set()
    kept: list[Value[Any]] = []  # `done` and `seen` hold identities, so these objects must stay alive until the end.
    for node in devices:
        packages: Any = attribute(node.device, "packages")
        if isinstance(packages, Value):
            kept.append(packages)
            packages = packages.outcome(reading, done)
            if packages is OPEN:
                open_keys.extend(kept[-1].undecided(reading, done, seen))
                continue
            items_of(node.device, "packages", packages, Package)
        else:
            packages = listed(node.device, "packages", Package)
        demands.extend(Demand(package, node) for package in packages)
    return tuple(demands), open_keys


def _check_modules(devices: Sequence[Node]) -> None:
    for node in devices:
        module = attribute(node.device, "module")
        try:
            module_path(module)
        except InvalidModule as error:
            from functoria.attributes import absent, misspelt_as, written

            if module is None:
                error.message = absent(node.device, "module", "module = 'Unikernel.Main'")
            said = "module" if module is not None else misspelt_as(node.device, "module")
            raise error.at(written(node.device, said), node.device.location) from None
        name = attribute(node.device, "name")
        if not isinstance(name, str):
            raise not_as_wanted(
                node.device, f"name of {called(node.device)} is {worded(name)}, but must be text", "name"
            )
        if not isinstance(node.device.eager, bool):
            said = f"eager of {called(node.device)} is {worded(node.device.eager)}, but must be True or False"
            raise not_as_wanted(node.device, said, "eager")


def _warn_of_names(devices: Iterable[Node]) -> None:
    """Warn of names in the user's classes that are probably misspelt."""
    for node in {type(node.device): node for node in devices}.values():
        for wrong, right in misspelt(type(node.device)):
            text = (
                f"the class {type(node.device).__name__} defines {wrong}, which is not an attribute of devices: "
                f"did you mean {right}?"
            )
            from functoria.attributes import written

            place = written(node.device, wrong)
            warnings.warn(FunctoriaWarning(text, locations=[place, node.device.location]), stacklevel=2)


def _check_dependencies(nodes: Sequence[Node]) -> None:
    """Refuse functors with missing arguments as dependencies: they cannot be initialised."""
    for node in nodes:
        for need in node.deps:
            if need.functor:
                raise TypeMismatch(
                    f"{node.module} depends on {need.module}, which lacks arguments: apply it first",
                    objects=[node.device, need.term],
                    locations=[need.term.location, node.device.location],
                )


def _check_root(app: App, devices: Iterable[Node], keys: Iterable[Key[Any]]) -> None:
    """Refuse devices and keys of another system than the root's, whose packages and code would not work here."""
    for thing in (*(node.device for node in devices), *keys):
        if thing.registered_by not in (None, app.root.registered_by):
            what = f"the key {thing.name}" if isinstance(thing, Key) else called(thing)
            raise Unsupported(
                f"{what} is for applications made by {thing.registered_by}: make this one with that, not with another register",
                objects=[thing, app],
                locations=[app.location, thing.location],
            )


def _distinct(app: App, used: Sequence[Key[Any]], devices: Sequence[Node], graph: Graph) -> tuple[Key[Any], ...]:
    try:
        return distinct(used, app.root.key_module)
    except DuplicateKey as error:
        from functoria.plan.conflict import of_keys

        raise of_keys(error, devices, graph) from None


def _used(app: App, found: Mapping[Key[Any], object]) -> tuple[Key[Any], ...]:
    """Return the plan's keys: those `found` in its devices, those that decide any choice, and those that aliases set."""
    used = {**found, **app.survey.deciding}
    set_by_aliases = {key: None for alias in used for key, _ in alias.sets if key in app.survey.brought}
    return tuple({**used, **set_by_aliases})


def _configure(plan: Plan, devices: Sequence[Node]) -> None:
    """Call every device's `configure`, once all keys are known to have values."""
    info = plan.info
    for node in devices:
        if has(node.device, "configure"):
            call(node.device, "configure", info)
    claimed: dict[str, Node] = {}
    for node in devices:
        for claim in iterated(node.device, "claims", "texts", info) if has(node.device, "claims") else ():
            other = claimed.setdefault(claim, node)
            if other is not node:
                places = [use(plan.graph, [each.device]) for each in (other, node)]
                warnings.warn(FunctoriaWarning(_shared(claim, [other, node]), locations=places), stacklevel=2)


def _shared(claim: str, nodes: Sequence[Node]) -> str:
    """Return the warning for devices that claim the same resource, with the options that change their claims."""
    who = []
    for node in nodes:
        options = ", ".join(key.options[-1] for key in node.device.keys)
        who.append(called(node.device) + (f" of {options}" if options else ""))
    return f"two devices claim the {claim}: {' and '.join(who)}; give each its own, for only one would get it"
