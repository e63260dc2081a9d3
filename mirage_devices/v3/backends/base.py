"""What a target is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from functoria import Package

if TYPE_CHECKING:
    from functoria import File, Info
    from functoria.sexp import Sexp


@frozen
class Backend:
    """A target: the packages and files that it adds to every unikernel, and how the unikernel is linked."""

    name: str
    variant: str
    """Its polymorphic variant in key_gen.ml."""
    family: ClassVar[str]
    packages: ClassVar[tuple[Package, ...]]
    compiler: ClassVar[str] = "4.07.1"
    """The newest OCaml with which opam finds a solution for it, among the releases of MirageOS 3.3's time."""

    def all_packages(self) -> tuple[Package, ...]:
        """The packages that every unikernel for it needs."""
        return self.packages

    def files(self, info: Info) -> Mapping[str, str | File]:
        """What is emitted for it besides, by name."""
        return {}

    def result(self, info: Info) -> str:
        """The file that is the unikernel."""
        return info.output

    def program(self, info: Info, flags: Sequence[str]) -> Iterable[Sexp]:
        """Dune stanzas that compile the unikernel, with `flags` for the OCaml compilers, and make the result."""
        raise NotImplementedError
