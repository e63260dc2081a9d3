"""Stanzas of dune that a configuration adds to a project, as a device that the program does not know of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attr import frozen

from functoria.building import Building, building
from functoria.device import Device, library_names, list_of
from functoria.impl import Impl
from functoria.package import Package
from functoria.types import Job, job

if TYPE_CHECKING:
    from functoria.graph.info import Info
    from functoria.sexp import Sexp


@frozen(repr=False)
class Stanzas(Device[Job]):
    """Stanzas of dune, which the program itself does not know of. Made by `stanzas`."""

    building: Building | None
    read: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    libraries: tuple[str, ...] = ()

    type = job
    module = "Stdlib"
    has_value = False
    _called = "stanzas"

    def sources(self, info: Info) -> tuple[str, ...]:
        """What the stanzas read."""
        return self.read


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
