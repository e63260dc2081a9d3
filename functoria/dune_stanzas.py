"""A device that adds dune stanzas to a project, and nothing to the program."""

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
    """Dune stanzas that do not concern the program itself. Made by `stanzas`."""

    building: Building | None
    read: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    libraries: tuple[str, ...] = ()

    type = job
    module = "Stdlib"
    has_value = False
    _called = "stanzas"

    def sources(self, info: Info) -> tuple[str, ...]:
        """The files that the stanzas read."""
        return self.read


def stanzas(
    *given: Sexp, sources: Sequence[str] = (), packages: Sequence[Package] = (), libraries: Sequence[str] = ()
) -> Impl[Job]:
    """Add the dune stanzas `given`, each as nested tuples of text or as a dune file has it, to the project.

    Put the result among the `deps` of the devices that need the stanzas, or in `register`'s list of jobs. It has no value, so
    `start` gets no argument for it. `sources` are files and directories beside the configuration that the stanzas read; a
    directory ends with `/`. `packages` and `libraries` are what the stanzas need, as for `foreign`.

    Raises InvalidValue for anything but stanzas, and for lists with items of a wrong kind.
    """
    return Stanzas(
        building("stanzas", stanzas=given),
        list_of(sources, str, "sources", "stanzas"),
        list_of(packages, Package, "packages", "stanzas"),
        library_names(libraries, "stanzas"),
    )
