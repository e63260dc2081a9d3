"""The root of an application: the device that everything else is there for, and what surrounds the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import field, frozen

from functoria.device import AnyDevice, Device
from functoria.emit import dune, key_gen, main_ml, makefile, opam
from functoria.errors import InvalidValue
from functoria.impl import AnyImpl
from functoria.key import Key
from functoria.key_module import KEY_GEN, KeyModule
from functoria.names import file_name, identifier
from functoria.package import Package, package
from functoria.sexp import Sexp, Verbatim
from functoria.types import Job, job
from functoria.value import Value, lift

if TYPE_CHECKING:
    from functoria.emit.emitter import Emitter
    from functoria.emit.main_ml import Registered
    from functoria.graph.graph import Node
    from functoria.graph.info import Info
    from functoria.plan.plan import Plan


@frozen(repr=False)
class Main(Device[Job]):
    """The root: initialises `init` in order, then starts `jobs`. Subclass it for a system of one's own.

    What depends on the system that the program is for is said here and nowhere else in the core: which files there are
    (`emitters`), how keys reach the program (`key_module`), the version of dune's language, the prelude of the main module, how
    it is compiled and linked, the name of the opam package. This class makes plain OCaml programs, in direct style.
    """

    title: str
    init: tuple[AnyImpl, ...]
    jobs: tuple[AnyImpl, ...]
    extra_keys: tuple[Key[Any], ...] = ()
    extra_packages: tuple[Package, ...] = ()
    output: str | None = field(default=None, kw_only=True)
    homepage: str | None = field(default=None, kw_only=True)
    """Where the program is shown, for its opam file, which names the program itself where nothing is said."""
    bug_reports: str | None = field(default=None, kw_only=True)
    """Where faults of the program are reported; at its homepage where nothing is said."""
    libraries: tuple[str, ...] = field(default=(), kw_only=True)

    type = job
    module = "Stdlib"
    name = "main"
    own_packages: ClassVar[Any] = (package("ocaml", build=True, min="4.08.0"),)
    """The packages that every program needs: a sequence, or a `Value` of one."""
    own_keys: ClassVar[Any] = ()
    """The keys that every program has."""
    emitters: ClassVar[tuple[Emitter, ...]] = (main_ml.emit, key_gen.emit, dune.emit, makefile.emit, opam.emit)
    """What makes the files: see `functoria.emit.emitter`."""
    file_names: ClassVar[tuple[str, ...]] = ()
    """What files of any plan may be called besides `functoria.project.kinds.NAMES`, `*` standing for anything but `/`: such a
    file may be removed when it is not in the plan any more, even if it does not say that functoria made it."""
    key_module: ClassVar[KeyModule | None] = KEY_GEN
    """The module through which the program reads its keys; None where keys end when configuring does."""
    vendored: ClassVar[tuple[str, ...]] = ()
    """Directories of a project that tools fill: what lies in one beside the configuration is not the user's own."""
    dune_language: ClassVar[str] = "1.1"
    """The version of dune's language in dune-project."""

    def __attrs_post_init__(self) -> None:
        if self.output is not None:
            file_name(self.output)
        for name in ("homepage", "bug_reports"):
            said = getattr(self, name)
            if said is not None and (not isinstance(said, str) or not said.strip()):
                raise InvalidValue(f"{name} of {self.title} is the text of a URL or None, not {said!r}", objects=[said])

    @property
    def program_name(self) -> str:
        """The name of the application as files, packages and programs spell it. Raises InvalidName where it has none."""
        return identifier(self.title, of="application")

    @property
    def deps(self) -> tuple[AnyImpl, ...]:
        """The init devices, then the jobs."""
        return self.init + self.jobs

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        """The keys that every program has, then those that `register` was given."""
        return (*self.own_keys, *self.extra_keys)

    @property
    def packages(self) -> Sequence[Package] | Value[Sequence[Package]]:
        """The packages that every program needs, then those that `register` was given."""
        own = self.own_packages
        if isinstance(own, Value):
            return lift(_chain, own, Value.pure(self.extra_packages))
        return (*own, *self.extra_packages)

    def sources(self, info: Info) -> Iterable[str]:
        """What the Makefile includes."""
        return ("Makefile.user",)

    @property
    def checks(self) -> Sequence[Callable[[Plan], None]]:
        """What `functoria.testing.check` calls besides, for files of emitters that it does not know; each raises Violation."""
        return ()

    def prelude(self, info: Info) -> str:
        """The OCaml code at the head of main.ml. It must define `>>=`, `return` and `run`."""
        return "let ( >>= ) x f = f x\nlet return x = x\nlet run () = ()\n"

    def registered(self, device: AnyDevice) -> Sequence[Registered]:
        """The values that the main module registers and hands to `device`, after what it needs."""
        return ()

    def executable(self, info: Info) -> str:
        """The name of the main module's file, and of the executable that dune makes of it, without their extensions."""
        return "main"

    def build_command(self, info: Info) -> Sequence[str]:
        """The command that builds the project, run in its directory. Not one of a larger project around it."""
        return ("dune", "build", "--root", ".")

    def opam_name(self, info: Info) -> str:
        """The name of the opam package that the program is."""
        return info.name.replace("_", "-")

    def synopsis(self, info: Info) -> str:
        """One line on the program, for its opam file."""
        return f"The program {info.title}"

    def result(self, info: Info) -> str:
        """The file, in the build directory, that the build is for."""
        return info.output

    def program(self, info: Info) -> Iterable[Sexp]:
        """Dune stanzas that compile main.ml and all else in the directory, and make the result."""
        return executable(info, self.result(info))

    def numbering(self, info: Info) -> Sequence[Node]:
        """The nodes in the order in which `Info.number` counts their devices: that of initialisation."""
        return info.graph.devices

    def default_alias(self, info: Info) -> Iterable[Sexp]:
        """The stanza that says what dune builds where it is not told."""
        return [("alias", ("name", "default"), ("deps", self.result(info)))]

    def depext(self, info: Info) -> bool:
        """Whether `make depend` asks opam for the system packages first."""
        return True

    def advice(self, info: Info) -> Sequence[str]:
        """Lines that `make depend` says where opam cannot install what is needed, and does not know one of the packages."""
        return ()


def executable(info: Info, result: str, flags: Sequence[str] = ()) -> list[Sexp]:
    """An executable of the main module, and its copy `result` beside the sources, which `dune clean` removes.

    C files are in a library of their own: before version 2.0 of dune's language an executable has none.
    """
    name = info.root.executable(info)
    c_files = dune.stubs(info)
    own = [*([f"{name}_stubs"] if c_files else []), *info.local_libraries]
    return [
        *([("library", ("name", f"{name}_stubs"), ("modules",), *c_files)] if c_files else []),
        ("executable", ("name", name), ("libraries", *dict.fromkeys([*info.libraries, *own])), *compiler_flags(flags)),
        (
            "rule",
            ("targets", result),
            ("deps", f"{name}.exe"),
            ("mode", "promote-until-clean"),
            ("action", ("copy", Verbatim("%{deps}"), Verbatim("%{targets}"))),
        ),
    ]


def compiler_flags(flags: Sequence[str]) -> list[Sexp]:
    """The field of a stanza that gives the OCaml compilers `flags` after dune's standard ones; none for none."""
    return [("flags", (Verbatim(":standard"), *flags))] if flags else []


def _chain(one: Sequence[Package], two: Sequence[Package]) -> tuple[Package, ...]:
    return (*one, *two)
