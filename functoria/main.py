"""The root device of an application, which defines the system around the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attr import field, frozen

from functoria.device import AnyDevice, Device
from functoria.emit import dune, key_gen, main_ml, makefile, opam, own
from functoria.errors import InvalidValue
from functoria.impl import AnyImpl
from functoria.key import Key
from functoria.key_module import KEY_GEN, KeyModule
from functoria.names import file_name, identifier
from functoria.package import Package, package
from functoria.printable import worded
from functoria.sexp import Sexp, Verbatim
from functoria.types import Job, job
from functoria.value import Value, lift

if TYPE_CHECKING:
    from functoria.building import Building
    from functoria.emit.emitter import Emitter
    from functoria.emit.main_ml import Registered
    from functoria.graph.graph import Node
    from functoria.graph.info import Info
    from functoria.location import Location
    from functoria.plan.plan import Plan


@frozen(repr=False)
class Main(Device[Job]):
    """The root device: initialises `init` in order, then starts `jobs`. Subclass it for a system of your own.

    All that depends on the system is defined here and nowhere else in the core: which files there are (`emitters`), how keys
    reach the program (`key_module`), the version of dune's language, the prelude of the main module, how the program is
    compiled and linked, the name of the opam package. This class makes plain OCaml programs in direct style.
    """

    title: str
    init: tuple[AnyImpl, ...]
    jobs: tuple[AnyImpl, ...]
    extra_keys: tuple[Key[Any], ...] = ()
    extra_packages: tuple[Package, ...] = ()
    output: str | None = field(default=None, kw_only=True)
    homepage: str | None = field(default=None, kw_only=True)
    """The URL of the program's home page, for its opam file; by default the program's name stands there."""
    bug_reports: str | None = field(default=None, kw_only=True)
    """The URL for reporting bugs, for its opam file; by default `homepage`."""
    libraries: tuple[str, ...] = field(default=(), kw_only=True)
    building: Building | None = field(default=None, kw_only=True)
    """The build settings of all of the user's modules."""

    type = job
    module = "Stdlib"
    name = "main"
    own_packages: ClassVar[Any] = (package("ocaml", build=True, min="4.08.0"),)
    """Packages that every program needs: a sequence, or a `Value` of one."""
    own_keys: ClassVar[Any] = ()
    """Keys that every program has."""
    emitters: ClassVar[tuple[Emitter, ...]] = (main_ml.emit, key_gen.emit, dune.emit, makefile.emit, opam.emit)
    """The functions that emit the files; see `functoria.emit.emitter`."""
    file_names: ClassVar[tuple[str, ...]] = ()
    """Patterns for names of emitted files, beyond `functoria.project.kinds.NAMES`; `*` matches anything but `/`. Such a file is
    removed by force if it was edited, and if its language has no comments also once it is no longer in the plan."""
    key_module: ClassVar[KeyModule | None] = KEY_GEN
    """The module through which the program reads its keys; None if keys only exist at configure time."""
    vendored: ClassVar[tuple[str, ...]] = ()
    """Directories of a project that tools fill. Their contents do not count as the user's own files."""
    dune_language: ClassVar[str] = "1.1"
    """The version of dune's language, for dune-project."""
    lock_suffix: ClassVar[str] = "locked"
    """The suffix of the lock's name, after that of the opam file. opam looks for `locked` by default."""

    def __attrs_post_init__(self) -> None:
        if self.output is not None:
            file_name(self.output)
        for name in ("homepage", "bug_reports"):
            said = getattr(self, name)
            if said is not None and (not isinstance(said, str) or not said.strip()):
                raise InvalidValue(
                    f"{name} of {self.title} must be the text of a URL or None, not {worded(said)}", objects=[said]
                )

    @property
    def program_name(self) -> str:
        """The application's name as files, packages and programs spell it. Raises InvalidName if nothing is left of it."""
        return identifier(self.title, of="application")

    @property
    def deps(self) -> tuple[AnyImpl, ...]:
        """The init devices, then the jobs."""
        return self.init + self.jobs

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        """The keys that every program has, then those given to `register`."""
        return (*self.own_keys, *self.extra_keys)

    @property
    def packages(self) -> Sequence[Package] | Value[Sequence[Package]]:
        """The packages that every program needs, then those given to `register`."""
        own = self.own_packages
        if isinstance(own, Value):
            return lift(_chain, own, Value.pure(self.extra_packages))
        return (*own, *self.extra_packages)

    def sources(self, info: Info) -> Iterable[str]:
        """Return the files that the Makefile and the dune file include."""
        return ("Makefile.user", dune.USER)

    @property
    def checks(self) -> Sequence[Callable[[Plan], None]]:
        """Checks that `functoria.testing.check` adds, for files of the root's own emitters. Each raises Violation."""
        return ()

    def prelude(self, info: Info) -> str:
        """Return the OCaml code at the head of main.ml. It must define `>>=`, `return` and `run`."""
        return "let ( >>= ) x f = f x\nlet return x = x\nlet run () = ()\n"

    def registered(self, device: AnyDevice) -> Sequence[Registered]:
        """Return the values that the main module registers and passes to `device`, after those of what it depends on."""
        return ()

    def executable(self, info: Info) -> str:
        """Return the name, without extension, of the main module's file and of the executable that dune makes of it."""
        return "main"

    def build_command(self, info: Info) -> Sequence[str]:
        """Return the command that builds the project, to be run in its directory, even within a larger dune project."""
        return ("dune", "build", "--root", ".")

    def opam_name(self, info: Info) -> str:
        """Return the name of the program's opam package."""
        return info.name.replace("_", "-")

    def synopsis(self, info: Info) -> str:
        """Return one line about the program, for its opam file."""
        return f"The program {info.title}"

    def result(self, info: Info) -> str:
        """Return the file in the build directory that is the result of the build."""
        return info.output

    def promoted(self, info: Info) -> Sequence[str]:
        """Files that rules of further dune files put beside the sources; `functoria clean` removes them."""
        return ()

    def program(self, info: Info) -> Iterable[Sexp]:
        """Return the dune stanzas that compile the directory's modules and make the result."""
        return executable(info, self.result(info))

    def numbering(self, info: Info) -> Sequence[Node]:
        """Return the nodes in the order in which `Info.number` counts their devices; by default that of initialisation."""
        return info.graph.devices

    def default_alias(self, info: Info) -> Iterable[Sexp]:
        """Return the stanza that defines dune's default target."""
        return [("alias", ("name", "default"), ("deps", self.result(info)))]

    def depext(self, info: Info) -> bool:
        """Return whether `make depend` first has opam install system packages."""
        return True

    def late_options(self, devices: Iterable[AnyDevice]) -> Mapping[str, Location | None]:
        """Return options of the unikernel that are not of keys, and where `devices` declare them."""
        return {}

    def advice(self, info: Info) -> Sequence[str]:
        """Return the lines that `make depend` prints if opam knows no suitable release of a package."""
        return ()


def executable(info: Info, result: str, flags: Sequence[str] = ()) -> list[Sexp]:
    """Return the stanzas for an executable of the main module, and its copy `result` beside the sources.

    C files are in a library of their own, because before version 2.0 of dune's language an executable cannot have any.
    """
    name = info.root.executable(info)
    c_files = dune.stubs(info)
    local = [*([f"{name}_stubs"] if c_files else []), *info.local_libraries]
    return [
        *([("library", ("name", f"{name}_stubs"), ("modules",), *c_files)] if c_files else []),
        (
            "executable",
            ("name", name),
            *own.modules(info),
            ("libraries", *dict.fromkeys([*info.libraries, *local])),
            *own.preprocess(info),
            *compiler_flags(flags),
        ),
        (
            "rule",
            ("targets", result),
            ("deps", f"{name}.exe"),
            ("mode", "promote-until-clean"),
            ("action", ("copy", Verbatim("%{deps}"), Verbatim("%{targets}"))),
        ),
    ]


def compiler_flags(flags: Sequence[str]) -> list[Sexp]:
    """Return the field of a stanza that adds `flags` to dune's standard ones for the OCaml compilers; empty without any."""
    return [("flags", (Verbatim(":standard"), *flags))] if flags else []


def _chain(one: Sequence[Package], two: Sequence[Package]) -> tuple[Package, ...]:
    return (*one, *two)
