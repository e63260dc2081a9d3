"""Devices of functoria's own runtime: the program's arguments, and the job that parses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attr import frozen

from functoria.building import building
from functoria.device import Device, library_names, list_of
from functoria.impl import Impl, typed
from functoria.key_module import KEY_GEN
from functoria.package import Package, package
from functoria.types import Argv, Job, argv, job

if TYPE_CHECKING:
    from functoria.building import Building
    from functoria.graph.info import Info
    from functoria.sexp import Sexp


class Noop(Device[Job]):
    """A job that does nothing."""

    type = job
    module = "Stdlib"


class SysArgv(Device[Argv]):
    """The arguments of an ordinary process."""

    type = argv
    module = "Sys"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Sys.argv"""
        return "return Sys.argv"


@frozen
class Keys(Device[Job]):
    """The job that parses the unikernel's options in `arguments`, with the library functoria-runtime."""

    arguments: Impl[Argv]

    type = job
    module = KEY_GEN.name
    name = "key"
    packages = (package("functoria-runtime"),)

    @property
    def deps(self) -> tuple[Impl[Argv]]:
        """The arguments."""
        return (self.arguments,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Functoria_runtime.with_argv, under the application's name."""
        (arguments,) = self.expect(values, 1)
        name = self.ocaml_string(info.name)
        return f"return (Functoria_runtime.with_argv (List.map fst {module}.runtime_keys) {name} {arguments})"


@frozen(repr=False)
class Stanzas(Device[Job]):
    """Stanzas of dune, which the program itself does not know of. Made by `stanzas`."""

    building: Building
    read: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    libraries: tuple[str, ...] = ()

    type = job
    module = "Stdlib"
    passed = False

    def sources(self, info: Info) -> tuple[str, ...]:
        """What the stanzas read."""
        return self.read


noop: Impl[Job] = Noop()
"""A job that does nothing."""
sys_argv: Impl[Argv] = SysArgv()
"""The arguments of an ordinary process."""


def keys(arguments: Impl[Argv]) -> Impl[Job]:
    """Make the job that parses the unikernel's options in `arguments`. Put it first among the init devices."""
    return Keys(typed(arguments, argv, "the arguments of keys"))


def stanzas(
    *given: Sexp, sources: Sequence[str] = (), packages: Sequence[Package] = (), libraries: Sequence[str] = ()
) -> Impl[Job]:
    """Add the dune stanzas `given`, each as nested tuples of text or as a dune file has it, to the project.

    Put it among the `deps` of what needs these, or in `register`'s list of jobs. The program has no value of it: `start` gets no
    argument for it. `sources` are files and directories beside the configuration that the stanzas read; a directory ends with
    `/`. `packages` and `libraries` are what these need, as with `foreign`.

    Raises InvalidValue for what is not a stanza, and for lists of other things.
    """
    return Stanzas(
        building("stanzas", stanzas=given),
        list_of(sources, str, "sources", "stanzas"),
        list_of(packages, Package, "packages", "stanzas"),
        library_names(libraries, "stanzas"),
    )
