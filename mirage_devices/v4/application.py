"""MirageOS 4's root device, `register` and `main`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVarTuple

from attr import field, frozen

import functoria.jobs
from functoria import App, Argv, Device, Impl, Info, Job, Key, Main, Node, Package, Unsupported, Value
from functoria import argv as argv_type
from functoria.building import Building, Preprocess, building
from functoria.device import has_value, library_names, list_of
from functoria.errors import DeviceError, InvalidName, InvalidValue, TypeMismatch
from functoria.graph.hooks import deps_of
from functoria.impl import AnyImpl, Choice, typed
from functoria.location import Location, here
from functoria.names import LETTERS, WORD, module_path, underscored
from functoria.plan.app import check_jobs
from functoria.printable import worded
from functoria.types import Type
from mirage_devices.v4 import device
from mirage_devices.v4.arguments import text_of
from mirage_devices.v4.devices.argv import default_argv
from mirage_devices.v4.devices.disk import Disk
from mirage_devices.v4.devices.job import Noop, noop
from mirage_devices.v4.devices.mtime import Mtime, default_mtime
from mirage_devices.v4.devices.mtime import mtime as mtime_type
from mirage_devices.v4.devices.network import Interface
from mirage_devices.v4.devices.ptime import Ptime, default_ptime
from mirage_devices.v4.devices.ptime import ptime as ptime_type
from mirage_devices.v4.devices.random import Random, default_random
from mirage_devices.v4.devices.random import random as random_type
from mirage_devices.v4.devices.reporter import Reporter, default_reporter, no_reporter
from mirage_devices.v4.devices.reporter import reporter as reporter_type
from mirage_devices.v4.devices.runtime import Delay, OcamlRuntime, ReadArguments, SetName
from mirage_devices.v4.devices.sleep import Sleep, default_sleep
from mirage_devices.v4.devices.sleep import sleep as sleep_type
from mirage_devices.v4.emit import dune, guests, main_ml, makefile, opam
from mirage_devices.v4.emit.layout import Layout
from mirage_devices.v4.keys import extra_repos, no_depext, no_extra_repo
from mirage_devices.v4.numbering import by_visit
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RUNTIME, RuntimeArg
from mirage_devices.v4.sharing import check_sharing
from mirage_devices.v4.source import Source, source_of
from mirage_devices.v4.targets import BY_NAME, REGISTER, target

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.emit.main_ml import Registered
    from functoria.plan.plan import Plan
    from functoria.sexp import Sexp


Ts = TypeVarTuple("Ts")
_COMMON = (
    package("lwt"),
    RUNTIME,
    package("mirage", min="4.11.0", max="4.12.0", build=True, scope="switch"),
    package("opam-monorepo", min="0.3.2", build=True, scope="switch"),
)


@cache
def _packages(name: str) -> tuple[Package, ...]:
    return (*_COMMON, *BY_NAME[name].packages)


@frozen(repr=False)
class Mirage(Main):
    """The root device of a unikernel: what every unikernel needs, and what its target adds."""

    source: Source = field(factory=Source, kw_only=True)

    name = "mirage"
    module = "Mirage_runtime"
    registered_by = REGISTER
    own_packages = target.value.map(_packages)
    own_keys = (target, extra_repos, no_extra_repo, no_depext)
    emitters = (main_ml.emit, opam.emit, makefile.emit, dune.emit, guests.emit)
    file_names = (
        *("dune.build", "dune-workspace", "dist/dune", "mirage/*.ml", "mirage/*.opam", "mirage/manifest.json"),
        *("mirage/*.xl", "mirage/*.xl.in", "mirage/*_libvirt.xml"),
    )
    key_module = None
    vendored = ("duniverse",)
    dune_language = "2.9"
    lock_suffix = "functoria-locked"  # NAME.opam.locked is what opam-monorepo writes

    def late_options(self, devices: Iterable[AnyDevice]) -> Mapping[str, Location | None]:
        """Return the options of the runtime arguments, as far as their code tells."""
        arguments = (each for one in devices for each in getattr(one, "runtime_args", ()))
        return {each.option: each.location for each in arguments if each.option}

    @property
    def checks(self) -> tuple[Callable[[Plan], None], ...]:
        """The invariants of this release's files."""
        from mirage_devices.v4.checks import CHECKS

        return CHECKS

    @property
    def program_name(self) -> str:
        """The name as given: letters, digits, -, _ and dots. Raises InvalidName for other characters, which dune refuses."""
        kept = WORD | {"-", "."}
        if (
            not isinstance(self.title, str)
            or not self.title
            or not kept.issuperset(self.title)
            or self.title[0] in "-."
            or LETTERS.isdisjoint(self.title)
        ):
            raise InvalidName(
                f"the name {self.title!r} of the unikernel is not one that dune and opam accept: use letters, digits, -, _ and .",
                objects=[self.title],
            )
        return self.title

    def prelude(self, info: Info) -> str:
        """Return the head of every main.ml of MirageOS 4."""
        os = BY_NAME[info.get(target)].os_module
        return (
            "open Lwt.Infix\n\ntype 'a io = 'a Lwt.t\n\nlet return = Lwt.return\n\n"
            f"let run t =\n  {os}.Main.run t ; exit 0\n"
        )

    def registered(self, device: AnyDevice) -> Sequence[Registered]:
        """Return the runtime arguments of `device`."""
        return tuple(each.registered for each in getattr(device, "runtime_args", ()))

    def executable(self, info: Info) -> str:
        """Return the name of the main module: `main`, or the output with `_` for characters not allowed in module names."""
        return "".join(char if char in WORD else "_" for char in self.output or "main")

    def opam_name(self, info: Info) -> str:
        """Return NAME-TARGET, or the output, without dots, which opam does not allow in names."""
        return (self.output or f"{self.title}-{info.get(target)}").replace(".", "_")

    def result(self, info: Info) -> str:
        """Return the image in the folder dist."""
        return f"dist/{Layout.of(info).image}"

    def promoted(self, info: Info) -> Sequence[str]:
        """Return the files to install in the folder dist: the image and those of devices."""
        return [f"dist/{name}" for name, _, _ in Layout.of(info).promoted]

    def program(self, info: Info) -> Iterable[Sexp]:
        """Return the dune stanzas that make the image."""
        return dune.program(info)

    def default_alias(self, info: Info) -> Iterable[Sexp]:
        """Return nothing, because the build command names dist."""
        return ()

    def build_command(self, info: Info) -> Sequence[str]:
        """Return the command for dune to build dist only, and not all of the monorepo beside it."""
        return ("dune", "build", "--profile", "release", "--root", ".", "./dist")

    def numbering(self, info: Info) -> Sequence[Node]:
        """Return the nodes in the order in which MirageOS 4.11 configures them."""
        return by_visit(info.graph.root)

    def configure(self, info: Info) -> None:
        """Refuse disks with the same name, runtime keys, which nothing reads, and arguments whose types do not fit together."""
        check_sharing(info.nodes)
        disks: dict[str, Disk[Any]] = {}
        for disk in info.all(Disk):
            other = disks.setdefault(disk.disk(info), disk)
            if other is not disk:
                raise Unsupported(
                    f"two devices use the disk {disk.disk(info)}: give one of them another name",
                    objects=[other, disk],
                    locations=[other.location, disk.location],
                )
        idle = sorted(set(info.given).difference(key.name for key in info.keys))
        if idle:
            raise Unsupported(
                f"{idle[0]} is given, but nothing in the unikernel has that key on {info.get(target)} with these choices: "
                "leave it out",
                objects=idle,
            )
        for key in info.keys:
            if key.stage == "run":
                raise Unsupported(
                    f"the key {key.name} is given when the program runs, but a unikernel of MirageOS 4 has no such keys: "
                    "give the device that reads it a runtime_arg",
                    objects=[key],
                    locations=[key.location],
                )

    def networks(self, info: Info) -> list[tuple[str, str]]:
        """Return names and manifest types of the network interfaces that a hypervisor provides, the last configured first."""
        return [(name, "NET_BASIC") for name in dict.fromkeys(each.dev for each in info.all(Interface))][::-1]

    def blocks(self, info: Info) -> list[tuple[str, str]]:
        """Return names and manifest types of the block devices that a hypervisor provides, by number."""
        return [(disk.disk(info), "BLOCK_BASIC") for disk in info.all(Disk)]


@frozen
class Module(device.Device[*Ts]):
    """A module of the user's own, with a function `start`. Made by `main`."""

    module: str
    type: Type[*Ts]
    own_packages: tuple[Package, ...] | Value[Sequence[Package]] = ()
    runtime_args: tuple[RuntimeArg, ...] = ()
    deps: tuple[AnyImpl, ...] = ()
    local_libs: tuple[str, ...] = ()
    building: Building | None = None

    own_source = True

    @property
    def name(self) -> str:
        """The module's path in lower case, with `_` for dots."""
        return underscored(self.module).lower()

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return a call of start with the values."""
        return f"({module}.start {' '.join(values or ['()'])} : unit io)"


def main(
    module: str,
    type: Type[*Ts],
    *,
    packages: Sequence[Package] | Value[Sequence[Package]] = (),
    runtime_args: Sequence[RuntimeArg] = (),
    deps: Sequence[AnyImpl] = (),
    local_libs: Sequence[str] = (),
    libraries: Sequence[str] = (),
    modules: Sequence[str] | None = None,
    preprocess: Preprocess | Sequence[str] = (),
    stanzas: Sequence[Sexp] = (),
) -> Impl[*Ts]:
    """A module of your own: the OCaml path `module`, of signature `type`, started by its function `start`.

    `start` gets the values of the functor's arguments, then of `deps`, which are initialised before it, then of
    `runtime_args`; it gets `()` if there are none, so that it runs in its turn. `libraries` are local dune libraries, as
    `local_libs`, MirageOS's own name for them. `modules` are those beside the configuration that it needs, if it is not to have
    all. `preprocess` are ppx libraries, or a `staged_pps`, for these modules. `stanzas` are added to the dune file, each as
    nested tuples of text or as it is written there.

    Raises InvalidModule if `module` is not a module path, TypeMismatch if `type` is not a type, and InvalidValue otherwise.
    """
    module_path(module)
    declared: object = type
    if not isinstance(declared, Type):
        raise TypeMismatch(
            f"the type of {module} is {worded(type)}, but must be a Type, as `network >> job`", objects=[type]
        )
    given = list_of(deps, Impl, "deps", module)
    if not given and not type.parameters:
        given = (noop,)
    return Module(
        module,
        type,
        packages if isinstance(packages, Value) else list_of(packages, Package, "packages", module),
        list_of(runtime_args, RuntimeArg, "runtime_args", module),
        given,
        _local(module, local_libs, libraries),
        building(module, modules, preprocess, stanzas),
    )


def _local(of: str, local_libs: Sequence[str], libraries: Sequence[str]) -> tuple[str, ...]:
    """Return the names of local libraries, given by either name. Raises InvalidValue and InvalidName."""
    given = [*library_names(local_libs, of, "local_libs"), *library_names(libraries, of)]
    return tuple(dict.fromkeys(given))


def register(
    name: str,
    jobs: Sequence[Impl[Job]],
    *,
    argv: Impl[Argv] = default_argv,
    reporter: Impl[Reporter] | None = None,
    sleep: Impl[Sleep] = default_sleep,
    ptime: Impl[Ptime] = default_ptime,
    mtime: Impl[Mtime] = default_mtime,
    random: Impl[Random] = default_random,
    src: str | None = "auto",
    keys: Sequence[Key[Any]] = (),
    packages: Sequence[Package] = (),
    output: str | None = None,
    local_libs: Sequence[str] = (),
    libraries: Sequence[str] = (),
    modules: Sequence[str] | None = None,
    preprocess: Preprocess | Sequence[str] = (),
    stanzas: Sequence[Sexp] = (),
    main: type[Mirage] = Mirage,
) -> App:
    """Register the unikernel `name`, which runs `jobs`.

    Initialised before them are, in this order: the runtime arguments, from `argv`; OCaml's runtime; a delay; the `reporter`,
    unless it is `no_reporter`; `sleep`, `ptime`, `mtime` and `random`; the name. `src` is the URL of the unikernel's source for
    opam, or None; `auto` takes it from the git work tree of the configuration. `output` is the name of the main module and the
    image, by default `main` and `name`. `libraries`, or `local_libs`, are local dune libraries, in directories beside the
    configuration. `modules` are the only ones beside the configuration that belong to it, with those that jobs are made of.
    `preprocess` are ppx libraries, or a `staged_pps`, for all of its modules. `stanzas` are added to the dune file, each as
    nested tuples of text or as it is written there. `main` is the class of the root device.

    Raises InvalidName, TypeMismatch and InvalidValue, as `functoria.register` does.
    """
    if not (isinstance(main, type) and issubclass(main, Mirage)):
        raise InvalidValue(
            f"main must be a class of MirageOS's root device, not {worded(main)}: derive one from Mirage",
            objects=[main],
        )
    if src is not None:
        text_of(src, "src of register")
    logs = default_reporter() if reporter is None else reporter
    init: list[AnyImpl] = [ReadArguments(typed(argv, argv_type, "argv of register")), OcamlRuntime(), Delay()]
    init += [typed(logs, reporter_type, "reporter of register")] if logs != no_reporter else []
    init += [typed(sleep, sleep_type, "sleep of register"), typed(ptime, ptime_type, "ptime of register")]
    init += [typed(mtime, mtime_type, "mtime of register"), typed(random, random_type, "random of register"), SetName()]
    location = here()
    check_jobs("jobs", jobs, location)
    for each in jobs:
        _given_something(each)
    extra = (list_of(keys, Key, "keys", name), list_of(packages, Package, "packages", name))
    source = _source(location) if src == "auto" else Source(src)
    more: dict[str, Any] = {"libraries": _local(name, local_libs, libraries), "output": output, "source": source}
    more["building"] = building(name, modules, preprocess, stanzas)
    return App(main(name, tuple(init), tuple(jobs), *extra, **more), location)


def _given_something(impl: AnyImpl) -> None:
    """Refuse a job that gets no values, in any branch of a choice, because OCaml would run it before its turn."""
    pending = [impl]
    while pending:
        one = pending.pop()
        if isinstance(one, Choice):
            pending.extend(one.branches)
        elif isinstance(one, Device) and not (_waits(one) or any(map(has_value, deps_of(one)))):
            if not isinstance(one.module, str):
                continue  # planning reports that
            from functoria.attributes import misspelt_as, written

            names = [(name, wrong) for name in ("deps", "runtime_args") if (wrong := misspelt_as(one, name))]
            name, wrong = names[0] if names else ("deps", "")
            raise DeviceError(
                f"the job {one.module} has no arguments, dependencies or runtime arguments, so that it might run before "
                "its turn",
                remedy=f"rename {wrong} to {name}" if wrong else "give it a dependency, as deps = (noop,)",
                objects=[one],
                locations=[written(one, wrong) if wrong else None, one.location],
            )


def _waits(job: AnyDevice) -> bool:
    if isinstance(job, Module) or not job.has_value:  # the former is given (), and the latter does nothing
        return True
    return isinstance(job, (Noop, functoria.jobs.Noop)) or bool(getattr(job, "runtime_args", ()))


def _source(location: Location | None) -> Source:
    """Return the source of the configuration, or of the link to it; of the current directory at a prompt."""
    there = None if location is None else Path(location.file)
    try:
        return source_of(there.absolute().parent if there is not None and there.is_file() else Path.cwd())
    except FileNotFoundError:  # the current directory is gone
        return Source()
