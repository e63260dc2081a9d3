"""The root of an application: the device that everything else is there for, and what surrounds the program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from functoria.device import Device
from functoria.impl import Impl
from functoria.key import Key
from functoria.package import Package, package
from functoria.sexp import Sexp, Verbatim
from functoria.types import job
from functoria.value import Value, lift

if TYPE_CHECKING:
    from functoria.info import Info
    from functoria.types import Job


@frozen
class Executable:
    """How dune links the program: its `modes` (`exe`, or `object` where a linker of one's own goes on), and flags."""

    modes: tuple[str, ...] = ("exe",)
    flags: tuple[str, ...] = ()
    """Flags of the OCaml compilers, after dune's standard ones."""
    link_flags: tuple[str, ...] = ()


@frozen(repr=False)
class Main(Device["Job"]):
    """The root: initialises `init` in order, then starts `jobs`. Subclass it for a system of one's own.

    Its methods say what depends on the system that the program is for: the prelude of main.ml, how it is linked, the
    name of the opam package. This one makes plain OCaml programs, in direct style.
    """

    title: str
    init: tuple[Impl[*Any], ...]
    jobs: tuple[Impl[*Any], ...]
    extra_keys: tuple[Key[Any], ...] = ()
    extra_packages: tuple[Package, ...] = ()
    output: str | None = field(default=None, kw_only=True)

    type = job
    module = "Stdlib"
    name = "main"
    own_packages: Any = (package("ocaml", build=True, min="4.08.0"),)
    """The packages that every program needs: a sequence, or a `Value` of one."""
    own_keys: Any = ()
    """The keys that every program has."""

    @property
    def deps(self) -> tuple[Impl[*Any], ...]:
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

    def prelude(self, info: Info) -> str:
        """The OCaml code at the head of main.ml. It must define `>>=`, `return` and `run`."""
        return "let ( >>= ) x f = f x\nlet return x = x\nlet run () = ()\n"

    def opam_name(self, info: Info) -> str:
        """The name of the opam package that the program is."""
        return info.name.replace("_", "-")

    def synopsis(self, info: Info) -> str:
        """One line on the program, for its opam file."""
        return f"The program {info.title}"

    def executable(self, info: Info) -> Executable:
        """How dune links the program."""
        return Executable()

    def result(self, info: Info) -> str:
        """The file, in the build directory, that the build is for."""
        return info.output

    def link(self, info: Info) -> Iterable[Sexp]:
        """dune stanzas that make the result from `main.exe` (or `main.exe.o`)."""
        return [copy_rule("main.exe", self.result(info))]

    def depext(self, info: Info) -> bool:
        """Whether `make depend` asks opam for the system packages first."""
        return True


def copy_rule(source: str, target: str) -> Sexp:
    """A dune rule that copies `source` to `target`, beside the sources too, where `dune clean` removes it."""
    return (
        "rule",
        ("targets", target),
        ("deps", source),
        ("mode", "promote-until-clean"),
        ("action", ("copy", Verbatim("%{deps}"), Verbatim("%{targets}"))),
    )


def _chain(one: Sequence[Package], two: Sequence[Package]) -> tuple[Package, ...]:
    return (*one, *two)

