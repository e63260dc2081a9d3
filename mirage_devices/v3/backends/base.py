"""Targets, as devices know them, and backends, which add a target's packages and files to a unikernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from attr import frozen

from functoria import Package
from functoria.record import Record

if TYPE_CHECKING:
    from functoria import File, Info
    from functoria.sexp import Sexp

Family = Literal["unix", "xen", "solo5"]


@frozen(eq=False, repr=False)
class Target(Record):
    """A target as far as devices and keys know it. They ask for its properties, never for its name."""

    name: str
    variant: str
    """Its polymorphic variant in key_gen.ml."""
    family: ClassVar[Family]
    debuggable: ClassVar[bool] = False
    """Whether the key target_debug does something."""
    block_devices: ClassVar[bool] = True
    """Whether there are block devices over files."""
    qubes: ClassVar[bool] = False
    """Whether the guest is one of Qubes, which gives it its address and expects it to answer commands and the screen."""


class Backend(Target):
    """A target with the packages and files that it adds to every unikernel, and how the unikernel is linked."""

    packages: ClassVar[tuple[Package, ...]]
    compiler: ClassVar[str] = "4.07.1"
    """The newest OCaml with which opam finds a solution for it, among the releases of MirageOS 3.3's time."""

    def all_packages(self) -> tuple[Package, ...]:
        """Return the packages that every unikernel for the target needs."""
        return self.packages

    def check(self, info: Info) -> None:
        """Raise InvalidName for a name that the target's files cannot express, before anything is written."""

    def files(self, info: Info) -> Mapping[str, str | File]:
        """Return additional files for the target, by name."""
        return {}

    def result(self, info: Info) -> str:
        """Return the file that is the unikernel."""
        return info.output

    def program(self, info: Info, flags: Sequence[str]) -> Iterable[Sexp]:
        """Return dune stanzas that compile the unikernel, with `flags` for the OCaml compilers, and make the result."""
        raise NotImplementedError
