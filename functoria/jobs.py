"""Devices of functoria's own runtime: the program's arguments, and the job that parses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attr import frozen

from functoria.device import Device
from functoria.impl import Impl, typed
from functoria.key_module import KEY_GEN
from functoria.package import package
from functoria.types import Argv, Job, argv, job

if TYPE_CHECKING:
    from functoria.graph.info import Info


class Noop(Device[Job]):
    """A job that does nothing."""

    type = job
    module = "Stdlib"


class SysArgv(Device[Argv]):
    """The arguments of an ordinary process."""

    type = argv
    module = "Sys"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return Sys.argv."""
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
        """Parse the arguments with Functoria_runtime.with_argv, under the name of the application."""
        (arguments,) = self.expect(values, 1)
        name = self.ocaml_string(info.name)
        return f"return (Functoria_runtime.with_argv (List.map fst {module}.runtime_keys) {name} {arguments})"


noop: Impl[Job] = Noop()
"""A job that does nothing."""
sys_argv: Impl[Argv] = SysArgv()
"""The arguments of an ordinary process."""


def keys(arguments: Impl[Argv]) -> Impl[Job]:
    """Make the job that parses the unikernel's options in `arguments`. Put it first among the init devices."""
    return Keys(typed(arguments, argv, "the arguments of keys"))
